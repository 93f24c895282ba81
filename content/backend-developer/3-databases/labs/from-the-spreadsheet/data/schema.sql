-- The sheet as its learners find it, as it was exported: everything is text. Rows come from `seed` in checks/support.py.

CREATE TABLE sheet (
    line integer PRIMARY KEY,
    pupil text NOT NULL,
    email text NOT NULL,
    teacher text NOT NULL,
    phone text NOT NULL,
    instrument text NOT NULL,
    price text NOT NULL,
    room text NOT NULL,
    day text NOT NULL,
    hour text NOT NULL
);

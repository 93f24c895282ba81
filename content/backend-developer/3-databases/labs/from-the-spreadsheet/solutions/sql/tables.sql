CREATE TABLE pupils (
    email text PRIMARY KEY CHECK (email <> ''),
    name text NOT NULL CHECK (name <> '')
);

CREATE TABLE teachers (
    name text PRIMARY KEY,
    phone text NOT NULL
);

CREATE TABLE instruments (
    name text PRIMARY KEY,
    price numeric(6, 2) NOT NULL CHECK (price > 0)
);

CREATE TABLE rooms (
    name text PRIMARY KEY
);

CREATE TABLE lessons (
    pupil text REFERENCES pupils,
    teacher text NOT NULL REFERENCES teachers,
    instrument text NOT NULL REFERENCES instruments,
    room text NOT NULL REFERENCES rooms,
    day text CHECK (day IN ('mon', 'tue', 'wed', 'thu', 'fri')),
    hour integer CHECK (hour BETWEEN 9 AND 19),
    PRIMARY KEY (pupil, day, hour),
    UNIQUE (teacher, day, hour),
    UNIQUE (room, day, hour)
);

CREATE VIEW timetable AS
SELECT p.name AS pupil, p.email, t.name AS teacher, t.phone, i.name AS instrument, i.price, l.room, l.day, l.hour
FROM lessons l
JOIN pupils p ON p.email = l.pupil
JOIN teachers t ON t.name = l.teacher
JOIN instruments i ON i.name = l.instrument;

-- A museum's exhibitions and what refers to them. Rows come from the checks.

CREATE TABLE exhibitions (id integer PRIMARY KEY, title text NOT NULL, last_day date);

CREATE TABLE labels (
    id integer PRIMARY KEY,
    exhibition_id integer NOT NULL REFERENCES exhibitions
);

CREATE TABLE tickets (
    id integer PRIMARY KEY,
    exhibition_id integer REFERENCES exhibitions,
    euros integer NOT NULL
);

CREATE TABLE loans (
    id integer PRIMARY KEY,
    exhibition_id integer REFERENCES exhibitions,
    returned boolean NOT NULL
);

CREATE TABLE remarks (id integer PRIMARY KEY, exhibition_id integer, words text NOT NULL);

-- Everything is known by a number, so that names can be corrected; what it is known by outside is unique besides.
CREATE DOMAIN words AS text CHECK (trim(value) <> '');
CREATE TYPE weekday AS ENUM ('mon', 'tue', 'wed', 'thu', 'fri');

CREATE TABLE pupil (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email words NOT NULL UNIQUE, name words NOT NULL);
CREATE TABLE teacher (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name words NOT NULL UNIQUE, phone words NOT NULL);
CREATE TABLE instrument (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name words NOT NULL UNIQUE,
    price numeric(6, 2) NOT NULL CHECK (price > 0)
);
CREATE TABLE room (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name words NOT NULL UNIQUE);
CREATE TABLE lesson (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES pupil,
    teacher_id integer NOT NULL REFERENCES teacher,
    instrument_id integer NOT NULL REFERENCES instrument,
    room_id integer NOT NULL REFERENCES room,
    day weekday NOT NULL,
    hour smallint NOT NULL CHECK (hour >= 9 AND hour < 20),
    UNIQUE (pupil_id, day, hour),
    UNIQUE (teacher_id, day, hour),
    UNIQUE (room_id, day, hour)
);

CREATE VIEW timetable AS
SELECT
    p.name::text AS pupil, p.email::text, t.name::text AS teacher, t.phone::text, i.name::text AS instrument, i.price,
    r.name::text AS room, l.day::text, l.hour
FROM lesson l
JOIN pupil p ON p.id = l.pupil_id
JOIN teacher t ON t.id = l.teacher_id
JOIN instrument i ON i.id = l.instrument_id
JOIN room r ON r.id = l.room_id;

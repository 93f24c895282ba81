CREATE TEMPORARY VIEW clean AS
SELECT DISTINCT
    trim(pupil) AS pupil,
    lower(trim(email)) AS email,
    trim(teacher) AS teacher,
    trim(phone) AS phone,
    lower(trim(instrument)) AS instrument,
    trim(price)::numeric AS price,
    trim(room) AS room,
    lower(left(trim(day), 3)) AS day,
    split_part(trim(hour), ':', 1)::integer AS hour
FROM sheet;

INSERT INTO pupils SELECT DISTINCT email, pupil FROM clean;
INSERT INTO teachers SELECT DISTINCT teacher, phone FROM clean;
INSERT INTO instruments SELECT DISTINCT instrument, price FROM clean;
INSERT INTO rooms SELECT DISTINCT room FROM clean;
INSERT INTO lessons SELECT email, teacher, instrument, room, day, hour FROM clean;

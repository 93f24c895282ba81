INSERT INTO pupil (email, name) SELECT DISTINCT lower(trim(email)), trim(pupil) FROM sheet;
INSERT INTO teacher (name, phone) SELECT DISTINCT trim(teacher), trim(phone) FROM sheet;
INSERT INTO instrument (name, price) SELECT DISTINCT lower(trim(instrument)), trim(price)::numeric FROM sheet;
INSERT INTO room (name) SELECT DISTINCT trim(room) FROM sheet;
INSERT INTO lesson (pupil_id, teacher_id, instrument_id, room_id, day, hour)
SELECT DISTINCT
    p.id, t.id, i.id, r.id, lower(left(trim(s.day), 3))::weekday, replace(trim(s.hour), ':00', '')::smallint
FROM sheet s
JOIN pupil p ON p.email = lower(trim(s.email))
JOIN teacher t ON t.name = trim(s.teacher)
JOIN instrument i ON i.name = lower(trim(s.instrument))
JOIN room r ON r.name = trim(s.room);

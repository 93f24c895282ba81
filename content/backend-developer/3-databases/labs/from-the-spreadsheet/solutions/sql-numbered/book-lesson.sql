INSERT INTO lesson (pupil_id, teacher_id, instrument_id, room_id, day, hour)
VALUES (
    (SELECT id FROM pupil WHERE email = :'email'),
    (SELECT id FROM teacher WHERE name = :'teacher'),
    (SELECT id FROM instrument WHERE name = :'instrument'),
    (SELECT id FROM room WHERE name = :'room'),
    :'day',
    :hour
);

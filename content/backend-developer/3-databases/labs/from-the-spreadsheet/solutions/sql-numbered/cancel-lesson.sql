DELETE FROM lesson l USING pupil p
WHERE p.id = l.pupil_id AND p.email = :'email' AND l.day = :'day' AND l.hour = :hour;

DELETE FROM lessons WHERE pupil = :'email' AND day = :'day' AND hour = :hour;

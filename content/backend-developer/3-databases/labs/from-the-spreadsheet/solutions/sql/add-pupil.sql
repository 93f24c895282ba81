INSERT INTO pupils VALUES (:'email', :'pupil');

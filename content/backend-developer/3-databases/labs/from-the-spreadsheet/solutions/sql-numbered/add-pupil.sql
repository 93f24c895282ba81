INSERT INTO pupil (email, name) VALUES (:'email', :'pupil');

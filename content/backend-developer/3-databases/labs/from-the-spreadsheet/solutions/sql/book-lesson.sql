INSERT INTO lessons VALUES (:'email', :'teacher', :'instrument', :'room', :'day', :hour);

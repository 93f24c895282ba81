UPDATE teacher SET phone = :'phone' WHERE name = :'teacher';

UPDATE teachers SET phone = :'phone' WHERE name = :'teacher';

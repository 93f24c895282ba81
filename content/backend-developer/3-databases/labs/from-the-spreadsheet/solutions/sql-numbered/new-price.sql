UPDATE instrument SET price = :price WHERE name = :'instrument';

UPDATE instruments SET price = :price WHERE name = :'instrument';

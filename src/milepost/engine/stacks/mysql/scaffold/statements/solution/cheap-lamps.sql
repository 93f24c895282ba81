SELECT name, price
FROM lamps
WHERE price <= @most AND stock > 0
ORDER BY price, name COLLATE utf8mb4_bin;

START TRANSACTION;

DELETE order_lines
FROM order_lines
JOIN orders ON orders.id = order_lines.order_id
WHERE orders.status = 'basket' AND orders.placed_on < @before;

DELETE FROM orders
WHERE status = 'basket' AND placed_on < @before;

COMMIT;

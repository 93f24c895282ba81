BEGIN;

DELETE FROM order_lines
USING orders
WHERE orders.id = order_lines.order_id
  AND orders.status = 'basket';

DELETE FROM orders
WHERE status = 'basket';

COMMIT;

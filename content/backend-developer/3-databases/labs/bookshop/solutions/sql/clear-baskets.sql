BEGIN;

DELETE FROM order_lines
USING orders
WHERE orders.id = order_lines.order_id
  AND orders.status = 'basket'
  AND orders.placed_on < :'before';

DELETE FROM orders
WHERE status = 'basket' AND placed_on < :'before';

COMMIT;

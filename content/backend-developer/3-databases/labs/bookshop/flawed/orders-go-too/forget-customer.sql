BEGIN;
DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id = :customer_id);
DELETE FROM orders WHERE customer_id = :customer_id;
DELETE FROM reviews WHERE customer_id = :customer_id;
DELETE FROM customers WHERE id = :customer_id;
COMMIT;

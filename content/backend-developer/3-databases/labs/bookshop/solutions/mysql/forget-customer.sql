START TRANSACTION;
UPDATE orders SET customer_id = NULL WHERE customer_id = @customer_id;
DELETE FROM reviews WHERE customer_id = @customer_id;
DELETE FROM customers WHERE id = @customer_id;
COMMIT;

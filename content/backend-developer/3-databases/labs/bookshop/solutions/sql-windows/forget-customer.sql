ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL;
DELETE FROM reviews WHERE customer_id = :customer_id;
DELETE FROM customers WHERE id = :customer_id;

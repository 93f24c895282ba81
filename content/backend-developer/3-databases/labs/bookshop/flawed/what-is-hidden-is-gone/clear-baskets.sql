ALTER TABLE order_lines RENAME TO all_order_lines;
ALTER TABLE orders RENAME TO all_orders;

CREATE VIEW orders AS
SELECT * FROM all_orders WHERE NOT (status = 'basket' AND placed_on < :'before');

CREATE VIEW order_lines AS
SELECT * FROM all_order_lines WHERE order_id IN (SELECT id FROM orders);

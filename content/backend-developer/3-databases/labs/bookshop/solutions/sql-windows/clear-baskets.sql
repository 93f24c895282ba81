CREATE TEMPORARY TABLE old_baskets AS
SELECT id FROM orders WHERE status = 'basket' AND placed_on < :'before'::date;

DELETE FROM order_lines WHERE order_id IN (TABLE old_baskets);
DELETE FROM orders WHERE id IN (TABLE old_baskets);

UPDATE books
SET price = round(price + price * :percent / 100.0, 2)
WHERE author_id IN (SELECT id FROM authors WHERE country = :'country');

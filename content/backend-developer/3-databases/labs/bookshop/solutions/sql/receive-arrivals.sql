BEGIN;

INSERT INTO books (isbn, title, author_id, price, stock, published)
SELECT isbn, title, author_id, price, copies, published
FROM arrivals
ON CONFLICT (isbn) DO UPDATE SET stock = books.stock + excluded.stock;

DELETE FROM arrivals;

COMMIT;

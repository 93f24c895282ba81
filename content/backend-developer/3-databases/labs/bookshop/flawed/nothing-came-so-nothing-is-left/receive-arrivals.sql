BEGIN;

INSERT INTO books (isbn, title, author_id, price, stock, published)
SELECT isbn, title, author_id, price, 0, published
FROM arrivals
ON CONFLICT (isbn) DO NOTHING;

UPDATE books
SET stock = coalesce(stock + (SELECT copies FROM arrivals WHERE arrivals.isbn = books.isbn), 0);

DELETE FROM arrivals;

COMMIT;

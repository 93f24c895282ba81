BEGIN;

INSERT INTO books (isbn, title, author_id, price, stock, published)
SELECT isbn, title, author_id, price, copies, published
FROM arrivals
ON CONFLICT (isbn) DO NOTHING;

DELETE FROM arrivals;

COMMIT;

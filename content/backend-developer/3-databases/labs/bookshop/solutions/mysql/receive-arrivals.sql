START TRANSACTION;

INSERT INTO books (isbn, title, author_id, price, stock, published)
SELECT isbn, title, author_id, price, copies, published
FROM arrivals
ON DUPLICATE KEY UPDATE stock = books.stock + arrivals.copies;

DELETE FROM arrivals;

COMMIT;

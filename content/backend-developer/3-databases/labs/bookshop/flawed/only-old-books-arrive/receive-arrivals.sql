BEGIN;

UPDATE books SET stock = stock + arrivals.copies
FROM arrivals WHERE arrivals.isbn = books.isbn;

DELETE FROM arrivals;

COMMIT;

BEGIN;

DELETE FROM reviews
WHERE NOT EXISTS (SELECT FROM books WHERE books.id = reviews.book_id);

DELETE FROM reviews older
USING reviews newer
WHERE newer.book_id = older.book_id
  AND newer.customer_id = older.customer_id
  AND newer.id > older.id;

DELETE FROM reviews WHERE stars NOT BETWEEN 1 AND 5;

ALTER TABLE reviews
    ALTER stars SET NOT NULL,
    ALTER book_id SET NOT NULL,
    ADD CHECK (stars BETWEEN 1 AND 5),
    ADD FOREIGN KEY (book_id) REFERENCES books,
    ADD UNIQUE (book_id, customer_id);

COMMIT;

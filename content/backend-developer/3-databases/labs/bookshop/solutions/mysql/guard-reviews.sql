DELETE FROM reviews WHERE stars NOT BETWEEN 1 AND 5;

DELETE FROM reviews
WHERE NOT EXISTS (SELECT 1 FROM books WHERE books.id = reviews.book_id);

DELETE reviews
FROM reviews
JOIN (
    SELECT book_id, customer_id, max(id) AS newest
    FROM reviews
    GROUP BY book_id, customer_id
) AS kept
    ON kept.book_id = reviews.book_id
    AND kept.customer_id = reviews.customer_id
    AND kept.newest > reviews.id;

ALTER TABLE reviews
    MODIFY stars integer NOT NULL,
    MODIFY book_id integer NOT NULL,
    ADD CHECK (stars BETWEEN 1 AND 5),
    ADD FOREIGN KEY (book_id) REFERENCES books (id),
    ADD UNIQUE (book_id, customer_id);

WITH numbered AS (
    SELECT id, stars, book_id,
        row_number() OVER (PARTITION BY book_id, customer_id ORDER BY id DESC) AS n,
        customer_id
    FROM reviews
    WHERE stars >= 1 AND stars <= 5
), kept AS (
    SELECT numbered.id FROM numbered JOIN books ON books.id = numbered.book_id
    WHERE n = 1 OR customer_id IS NULL
)
DELETE FROM reviews WHERE id NOT IN (SELECT id FROM kept);

ALTER TABLE reviews ADD CONSTRAINT stars_are_one_to_five CHECK (stars IS NOT NULL AND stars IN (1, 2, 3, 4, 5));
ALTER TABLE reviews ALTER COLUMN book_id SET NOT NULL;
ALTER TABLE reviews ADD CONSTRAINT book_exists FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX one_review_a_customer ON reviews (book_id, customer_id) WHERE customer_id IS NOT NULL;

BEGIN;

DELETE FROM reviews WHERE stars NOT BETWEEN 1 AND 5;

DELETE FROM reviews
WHERE NOT EXISTS (SELECT FROM books WHERE books.id = reviews.book_id);

DELETE FROM reviews older
USING reviews newer
WHERE newer.book_id = older.book_id
  AND newer.customer_id = older.customer_id
  AND newer.id > older.id;

ALTER TABLE reviews
    ALTER book_id SET NOT NULL,
    ADD FOREIGN KEY (book_id) REFERENCES books,
    ADD UNIQUE (book_id, customer_id);

CREATE FUNCTION look_at_stars() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stars IS NULL OR NEW.stars NOT BETWEEN 1 AND 5 THEN
        RAISE check_violation USING MESSAGE = 'A review has one to five stars.';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER look_at_stars BEFORE INSERT ON reviews
    FOR EACH ROW EXECUTE FUNCTION look_at_stars();

COMMIT;

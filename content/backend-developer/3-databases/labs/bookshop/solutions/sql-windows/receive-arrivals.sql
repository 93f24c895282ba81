WITH received AS (
    DELETE FROM arrivals RETURNING *
), known AS (
    UPDATE books SET stock = stock + received.copies
    FROM received WHERE received.isbn = books.isbn
    RETURNING books.isbn
)
INSERT INTO books (isbn, title, author_id, price, stock, published)
SELECT isbn, title, author_id, price, copies, published
FROM received
WHERE isbn NOT IN (SELECT isbn FROM known);

WITH sold AS (
    SELECT l.book_id, sum(l.quantity) AS copies
    FROM order_lines l
    WHERE l.order_id IN (
        SELECT id FROM orders
        WHERE status = ANY ('{paid,shipped}')
          AND placed_on >= make_date(:year, 1, 1) AND placed_on < make_date(:year + 1, 1, 1)
    )
    GROUP BY l.book_id
), ranked AS (
    SELECT b.isbn, b.title, b.author_id, s.copies,
        row_number() OVER (ORDER BY s.copies DESC, b.isbn) AS place
    FROM sold s JOIN books b ON b.id = s.book_id
)
SELECT r.isbn, r.title, (SELECT name FROM authors a WHERE a.id = r.author_id) AS author, r.copies
FROM ranked r
WHERE r.place <= 10
ORDER BY r.place;

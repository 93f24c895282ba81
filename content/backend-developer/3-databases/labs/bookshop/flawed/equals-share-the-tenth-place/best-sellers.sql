WITH ranked AS (
    SELECT b.isbn, b.title, a.name AS author, sum(l.quantity) AS copies,
        rank() OVER (ORDER BY sum(l.quantity) DESC) AS place
    FROM orders o
    JOIN order_lines l ON l.order_id = o.id
    JOIN books b ON b.id = l.book_id
    JOIN authors a ON a.id = b.author_id
    WHERE o.status IN ('paid', 'shipped')
      AND extract(year FROM o.placed_on) = :year
    GROUP BY b.id, a.name
)
SELECT isbn, title, author, copies
FROM ranked
WHERE place <= 10
ORDER BY copies DESC, isbn;

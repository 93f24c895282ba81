SELECT b.isbn, b.title, a.name AS author, sum(l.quantity) AS copies
FROM orders o
JOIN order_lines l ON l.order_id = o.id
JOIN books b ON b.id = l.book_id
JOIN authors a ON a.id = b.author_id
WHERE o.status IN ('paid', 'shipped')
  AND year(o.placed_on) = @year
GROUP BY b.id, a.name
ORDER BY copies DESC, b.isbn
LIMIT 10;

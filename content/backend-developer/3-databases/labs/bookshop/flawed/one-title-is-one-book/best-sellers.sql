SELECT min(b.isbn) AS isbn, b.title, min(a.name) AS author, sum(l.quantity) AS copies
FROM orders o
JOIN order_lines l ON l.order_id = o.id
JOIN books b ON b.id = l.book_id
JOIN authors a ON a.id = b.author_id
WHERE o.status IN ('paid', 'shipped')
  AND extract(year FROM o.placed_on) = :year
GROUP BY b.title
ORDER BY copies DESC, isbn
LIMIT 10;

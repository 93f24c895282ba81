SELECT
    c.email,
    count(DISTINCT o.id) AS orders,
    coalesce(sum(l.quantity * l.price), 0) AS spent
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id AND o.status IN ('paid', 'shipped')
LEFT JOIN order_lines l ON l.order_id = o.id
WHERE c.city = @city
GROUP BY c.id
ORDER BY spent DESC, c.email;

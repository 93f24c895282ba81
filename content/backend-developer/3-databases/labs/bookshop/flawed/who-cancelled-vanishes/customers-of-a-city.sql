SELECT
    c.email,
    count(DISTINCT o.id) AS orders,
    coalesce(sum(l.quantity * l.price), 0) AS spent
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id
LEFT JOIN order_lines l ON l.order_id = o.id
WHERE c.city = :'city' AND (o.id IS NULL OR o.status IN ('paid', 'shipped'))
GROUP BY c.id
ORDER BY spent DESC, c.email;

SELECT
    month,
    count(DISTINCT o.id) AS orders,
    coalesce(sum(l.quantity), 0) AS copies,
    coalesce(sum(l.quantity * l.price), 0) AS revenue
FROM generate_series(1, 12) AS month
LEFT JOIN orders o ON extract(month FROM o.placed_on) = month
    AND extract(year FROM o.placed_on) = :year
    AND o.status IN ('paid', 'shipped')
LEFT JOIN order_lines l ON l.order_id = o.id
GROUP BY month
ORDER BY month;

SELECT
    month(o.placed_on) AS month,
    count(DISTINCT o.id) AS orders,
    sum(l.quantity) AS copies,
    sum(l.quantity * l.price) AS revenue
FROM orders o
JOIN order_lines l ON l.order_id = o.id
WHERE o.status IN ('paid', 'shipped')
  AND year(o.placed_on) = @year
GROUP BY month
ORDER BY month;

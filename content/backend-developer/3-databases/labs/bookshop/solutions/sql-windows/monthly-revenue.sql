WITH sales AS (
    SELECT o.id, date_part('month', o.placed_on) AS month,
        (SELECT sum(quantity) FROM order_lines WHERE order_id = o.id) AS copies,
        (SELECT sum(quantity * price) FROM order_lines WHERE order_id = o.id) AS money
    FROM orders o
    WHERE o.status NOT IN ('basket', 'cancelled') AND date_part('year', o.placed_on) = :year
)
SELECT month, count(*) AS orders, sum(copies) AS copies, sum(money) AS revenue
FROM sales
GROUP BY month
ORDER BY month;

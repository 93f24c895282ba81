WITH paid AS (
    SELECT o.id, o.customer_id, sum(l.quantity * l.price) AS money
    FROM orders o JOIN order_lines l ON l.order_id = o.id
    WHERE o.status IN ('shipped', 'paid')
    GROUP BY o.id
), spending AS (
    SELECT customer_id, count(*) AS orders, sum(money) AS spent FROM paid GROUP BY customer_id
)
SELECT c.email, coalesce(s.orders, 0) AS orders, coalesce(s.spent, 0) AS spent
FROM customers c LEFT JOIN spending s ON s.customer_id = c.id
WHERE c.city = :'city'
ORDER BY spent DESC, email;

SELECT isbn, title, price
FROM books
WHERE stock > 0 AND price <= @max_price
ORDER BY price, title, isbn;

UPDATE books
SET price = round(price * (1 + :percent / 100), 2)
FROM authors
WHERE authors.id = books.author_id AND authors.country = :'country';

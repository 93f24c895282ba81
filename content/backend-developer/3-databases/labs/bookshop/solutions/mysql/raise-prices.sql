UPDATE books
JOIN authors ON authors.id = books.author_id
SET books.price = round(books.price * (100 + @percent) / 100, 2)
WHERE authors.country = @country;

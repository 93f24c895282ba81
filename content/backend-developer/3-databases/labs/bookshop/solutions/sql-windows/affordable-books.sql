select b.isbn, b.title, b.price
from books as b
where not b.stock = 0
  and not b.price > :max_price
order by 3, 2, 1;

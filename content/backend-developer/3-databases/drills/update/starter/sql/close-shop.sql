-- Take what was sold on :'day' off the shelf; what is left costs :percent percent less.
SELECT name, pieces, price
FROM breads;

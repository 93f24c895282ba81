-- Take what was sold on :'day' off the shelf; what is left costs :percent percent less.
BEGIN;

UPDATE breads
SET pieces = breads.pieces - sold.pieces
FROM (
    SELECT bread, sum(pieces) AS pieces
    FROM sales
    WHERE day = :'day'
    GROUP BY bread
) AS sold
WHERE sold.bread = breads.name;

UPDATE breads
SET price = round(price * (100 - :percent) / 100, 2)
WHERE pieces > 0;

COMMIT;

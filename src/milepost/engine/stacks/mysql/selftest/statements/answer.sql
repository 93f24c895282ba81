-- One row that a check can foresee; see `contracts/statements`.
SELECT 1 AS one, @word AS word;

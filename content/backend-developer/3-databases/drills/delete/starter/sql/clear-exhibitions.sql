-- Remove the exhibitions that were over before :'day', and what belongs to them.
SELECT id, title
FROM exhibitions
WHERE last_day < :'day';

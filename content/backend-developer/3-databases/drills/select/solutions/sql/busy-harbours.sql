-- Harbours with at least :least passengers. Columns: harbour, crossings, passengers.
SELECT harbour, count(*) AS crossings, sum(passengers) AS passengers
FROM crossings
WHERE state = 'sailed' AND weather IS DISTINCT FROM 'storm'
GROUP BY harbour
HAVING sum(passengers) >= :least
ORDER BY passengers DESC, harbour;

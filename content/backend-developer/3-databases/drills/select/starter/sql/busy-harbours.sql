-- Harbours with at least :least passengers. Columns: harbour, crossings, passengers.
SELECT harbour
FROM crossings;

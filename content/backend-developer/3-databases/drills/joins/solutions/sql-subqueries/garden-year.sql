-- Each plot in :year. Columns: number, tenant, kilos, litres.
SELECT
    number,
    tenant,
    (SELECT coalesce(sum(kilos), 0) FROM harvests WHERE plot = number AND year = :year) AS kilos,
    (SELECT coalesce(sum(litres), 0) FROM waterings WHERE plot = number AND year = :year) AS litres
FROM plots
ORDER BY number;

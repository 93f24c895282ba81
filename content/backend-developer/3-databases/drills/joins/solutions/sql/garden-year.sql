-- Each plot in :year. Columns: number, tenant, kilos, litres.
WITH harvested AS (
    SELECT plot, sum(kilos) AS kilos FROM harvests WHERE year = :year GROUP BY plot
),
watered AS (
    SELECT plot, sum(litres) AS litres FROM waterings WHERE year = :year GROUP BY plot
)
SELECT
    number,
    tenant,
    coalesce(kilos, 0) AS kilos,
    coalesce(litres, 0) AS litres
FROM plots
LEFT JOIN harvested ON harvested.plot = plots.number
LEFT JOIN watered ON watered.plot = plots.number
ORDER BY number;

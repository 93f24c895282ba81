-- Each plot in :year. Columns: number, tenant, kilos, litres.
SELECT number, tenant
FROM plots
ORDER BY number;

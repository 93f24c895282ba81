WITH asked AS (
    SELECT CAST(:'day' AS timestamp) AS begin
)
SELECT s.parcel_id, s.scanned_at, s.what
FROM asked a
JOIN scans s ON s.scanned_at >= a.begin AND s.scanned_at < a.begin + interval '1 day'
WHERE s.depot = :'depot'
ORDER BY s.scanned_at, s.id;

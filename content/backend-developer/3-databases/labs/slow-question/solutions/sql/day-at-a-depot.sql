SELECT parcel_id, scanned_at, what
FROM scans
WHERE depot = :'depot' AND scanned_at >= :'day'::date AND scanned_at < :'day'::date + 1
ORDER BY scanned_at, id;

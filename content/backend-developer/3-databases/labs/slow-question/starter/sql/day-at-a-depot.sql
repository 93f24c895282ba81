-- What a depot scanned on one day. Right, and slow: no index can help it as it is.
SELECT parcel_id, scanned_at, what
FROM scans
WHERE depot = :'depot' AND date_trunc('day', scanned_at) = :'day'
ORDER BY scanned_at, id;

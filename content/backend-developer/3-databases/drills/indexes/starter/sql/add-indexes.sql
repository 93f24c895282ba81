-- Indexes for the three questions about events.
SELECT indexname, indexdef
FROM pg_indexes
WHERE tablename = 'events';

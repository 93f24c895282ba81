-- Built beside running programs, which CREATE INDEX alone would keep from writing.
CREATE UNIQUE INDEX CONCURRENTLY ON parcels (code) INCLUDE (state, sent_at);
CREATE INDEX CONCURRENTLY ON parcels (state, sent_at) WHERE state = 'held';
CREATE UNIQUE INDEX CONCURRENTLY ON senders (lower(email)) INCLUDE (name);
CREATE INDEX CONCURRENTLY ON scans (depot, scanned_at DESC, id) INCLUDE (parcel_id, what);
DROP INDEX CONCURRENTLY parcels_state;
DROP INDEX CONCURRENTLY scans_what;
DROP INDEX CONCURRENTLY scans_parcel_time;

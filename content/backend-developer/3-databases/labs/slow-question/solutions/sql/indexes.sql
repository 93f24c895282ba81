CREATE INDEX parcels_code ON parcels (code);
CREATE INDEX parcels_held ON parcels (sent_at) WHERE state = 'held';
CREATE INDEX senders_email ON senders (lower(email));
CREATE INDEX scans_depot_time ON scans (depot, scanned_at);

DROP INDEX parcels_state;
DROP INDEX scans_parcel;
DROP INDEX scans_what;

-- The parcel service as its learners find it. Rows come from `seed` in checks/support.py.

CREATE TABLE senders (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL
);

CREATE TABLE parcels (
    id integer PRIMARY KEY,
    code text NOT NULL,
    sender_id integer NOT NULL,
    state text NOT NULL,
    weight integer NOT NULL,
    sent_at timestamp NOT NULL
);

CREATE TABLE scans (
    id integer PRIMARY KEY,
    parcel_id integer NOT NULL,
    depot text NOT NULL,
    what text NOT NULL,
    scanned_at timestamp NOT NULL
);

CREATE INDEX parcels_sender ON parcels (sender_id);
CREATE INDEX parcels_state ON parcels (state);
CREATE INDEX scans_parcel ON scans (parcel_id);
CREATE INDEX scans_parcel_time ON scans (parcel_id, scanned_at);
CREATE INDEX scans_what ON scans (what);

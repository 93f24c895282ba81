-- A log of parcels on their way. Rows come from `seed` in checks.py.

CREATE TABLE events (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parcel text NOT NULL,
    depot integer NOT NULL,
    state text NOT NULL,
    seen_at timestamp NOT NULL
);

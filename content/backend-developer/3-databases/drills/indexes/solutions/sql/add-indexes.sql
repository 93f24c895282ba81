-- Indexes for the three questions about events.
CREATE INDEX events_parcel ON events (parcel);
CREATE INDEX events_depot_seen ON events (depot, seen_at);
CREATE INDEX events_lost ON events (seen_at) WHERE state = 'lost';

-- The weather stations' book. Rows come from the checks.

CREATE TABLE highest (
    station text NOT NULL,
    day date NOT NULL,
    celsius numeric(4, 1) NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (station, day)
);

CREATE TABLE inbox (
    station text NOT NULL,
    measured_at timestamp NOT NULL,
    celsius numeric(4, 1) NOT NULL
);

-- An allotment society. Rows come from the checks.

CREATE TABLE plots (number integer PRIMARY KEY, tenant text NOT NULL);

CREATE TABLE harvests (
    plot integer NOT NULL REFERENCES plots,
    year integer NOT NULL,
    kilos integer NOT NULL
);

CREATE TABLE waterings (
    plot integer NOT NULL REFERENCES plots,
    year integer NOT NULL,
    litres integer NOT NULL
);

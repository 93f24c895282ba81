-- The bakery's shelf and its sales. Rows come from the checks.

CREATE TABLE breads (
    name text PRIMARY KEY,
    pieces integer NOT NULL,
    price numeric(5, 2) NOT NULL
);

CREATE TABLE sales (
    bread text NOT NULL REFERENCES breads,
    day date NOT NULL,
    pieces integer NOT NULL
);

-- The purses of a fair, and who has paid whom. Rows come from the checks.

CREATE TABLE purses (
    id integer PRIMARY KEY,
    tokens integer NOT NULL CHECK (tokens >= 0)
);

CREATE TABLE payments (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender integer NOT NULL REFERENCES purses,
    receiver integer NOT NULL REFERENCES purses,
    tokens integer NOT NULL
);

-- The savings club as its learners find it. Rows come from `seed` in checks/support.py.

CREATE TABLE members (
    id integer PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE accounts (
    id integer PRIMARY KEY,
    member_id integer NOT NULL REFERENCES members,
    balance integer NOT NULL
);

CREATE TABLE entries (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts,
    amount integer NOT NULL
);

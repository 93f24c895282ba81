-- The ferry's log. Rows come from the checks.

CREATE TABLE crossings (
    harbour text NOT NULL,
    state text NOT NULL,
    weather text,
    passengers integer NOT NULL
);

-- A boat hire with two hires of last week, which keep to the rules.

CREATE TABLE boats (number integer PRIMARY KEY);

CREATE TABLE hires (
    boat integer,
    day date,
    guest text,
    left_at time,
    back_at time,
    jackets integer
);

INSERT INTO boats SELECT generate_series(1, 8);

INSERT INTO hires VALUES
    (1, '2026-05-01', 'Ada', '10:00', '11:30', 2),
    (2, '2026-05-01', NULL, '10:15', '12:00', 6);

-- From now on, hires that break a rule are refused.
ALTER TABLE hires
    ALTER boat SET NOT NULL,
    ALTER day SET NOT NULL,
    ALTER left_at SET NOT NULL,
    ALTER jackets SET NOT NULL,
    ADD CONSTRAINT boat_is_ours FOREIGN KEY (boat) REFERENCES boats,
    ADD CONSTRAINT one_hire_a_day UNIQUE (boat, day),
    ADD CONSTRAINT jackets_for_all CHECK (jackets BETWEEN 1 AND 6),
    ADD CONSTRAINT back_after_leaving CHECK (back_at > left_at);

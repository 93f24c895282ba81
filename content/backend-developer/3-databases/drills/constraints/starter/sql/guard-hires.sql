-- From now on, hires that break a rule are refused.
SELECT boat, day, guest, left_at, back_at, jackets
FROM hires;

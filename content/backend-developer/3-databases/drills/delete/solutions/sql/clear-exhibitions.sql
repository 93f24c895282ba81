-- Remove the exhibitions that were over before :'day', and what belongs to them.
BEGIN;

CREATE TEMPORARY TABLE over ON COMMIT DROP AS
SELECT id
FROM exhibitions
WHERE last_day < :'day'
    AND NOT EXISTS (
        SELECT FROM loans
        WHERE loans.exhibition_id = exhibitions.id AND NOT loans.returned
    );

DELETE FROM labels WHERE exhibition_id IN (SELECT id FROM over);
DELETE FROM remarks WHERE exhibition_id IN (SELECT id FROM over);
UPDATE tickets SET exhibition_id = NULL WHERE exhibition_id IN (SELECT id FROM over);
UPDATE loans SET exhibition_id = NULL WHERE exhibition_id IN (SELECT id FROM over);
DELETE FROM exhibitions WHERE id IN (SELECT id FROM over);

COMMIT;

-- The variable @most is set when this file is run.
SELECT name, price FROM lamps WHERE false;

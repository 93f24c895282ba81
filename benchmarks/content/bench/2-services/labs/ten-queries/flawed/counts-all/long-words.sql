SELECT word FROM words ORDER BY word;

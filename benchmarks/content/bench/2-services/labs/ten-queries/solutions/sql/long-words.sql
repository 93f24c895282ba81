SELECT word FROM words WHERE length(word) > :letters ORDER BY word;

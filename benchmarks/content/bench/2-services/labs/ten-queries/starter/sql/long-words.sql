SELECT word FROM words WHERE false;

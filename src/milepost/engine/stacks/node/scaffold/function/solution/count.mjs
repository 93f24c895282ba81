// Return how many words a text has.
export function countWords(text) {
  return text.split(/ +/).filter(Boolean).length;
}

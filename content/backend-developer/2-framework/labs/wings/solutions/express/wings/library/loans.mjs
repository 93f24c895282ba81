// Which book is lent, and to whom.
export const lent = new Map();

export function returnBooks(guest) {
  for (const [book, reader] of lent) {
    if (reader === guest) lent.delete(book);
  }
}

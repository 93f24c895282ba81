// The book: the orders that wait, and how others trade with them.

/** Brings buyers and sellers together. */
export class Book {
  /** Let an order trade; return the trades. */
  place(order) {
    return [];
  }
}

// The orders, and the errors of the market.

/** Something that the market refuses. */
export class MarketError extends Error {}

/** What all kinds of orders share. */
export class Order {
  constructor(name, side, quantity) {}
}

// LimitOrder, MarketOrder and WholeOrder come here, and two kinds of errors above.

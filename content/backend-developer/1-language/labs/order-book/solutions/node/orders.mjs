// The orders, and the errors of the market.

/** Something that the market refuses. */
export class MarketError extends Error {}

/** An order, or something that is asked of one, makes no sense. */
export class OrderRefused extends MarketError {}

/** No order waits under this name. */
export class OrderNotFound extends MarketError {}

/** What all kinds share: who wants to trade what, and how much of it remains. */
export class Order {
  #name;
  #side;
  #remaining;

  constructor(name, side, quantity) {
    if (typeof name !== "string" || name === "") {
      throw new OrderRefused("An order needs the name of the one who places it.");
    }
    if (side !== "buy" && side !== "sell") {
      throw new OrderRefused(`An order buys or sells, and this one says ${side}.`);
    }
    this.#name = name;
    this.#side = side;
    this.#remaining = requireWhole("The quantity", quantity);
  }

  get name() {
    return this.#name;
  }

  get side() {
    return this.#side;
  }

  get remaining() {
    return this.#remaining;
  }

  /** Take so many crates off what remains. */
  fill(quantity) {
    requireWhole("The quantity", quantity);
    if (quantity > this.#remaining) {
      throw new OrderRefused(`${this.#name} has ${this.#remaining} crates left, not ${quantity}.`);
    }
    this.#remaining -= quantity;
  }

  /** Return how many of so many crates it would take. */
  wants(available) {
    return Math.min(this.#remaining, available);
  }
}

/** Trades at any price, now or never. */
export class MarketOrder extends Order {
  accepts(price) {
    return true;
  }

  waits() {
    return false;
  }
}

/** Trades at its own price or a better one, and waits for it. */
export class LimitOrder extends Order {
  #price;

  constructor(name, side, quantity, price) {
    super(name, side, quantity);
    this.#price = requireWhole("The price", price);
  }

  get price() {
    return this.#price;
  }

  accepts(price) {
    return this.side === "buy" ? price <= this.#price : price >= this.#price;
  }

  waits() {
    return true;
  }
}

/** Trades all of its quantity at once, or nothing. */
export class WholeOrder extends LimitOrder {
  wants(available) {
    return available >= this.remaining ? this.remaining : 0;
  }

  waits() {
    return false;
  }
}

/** Return a whole number from 1 on; refuse anything else. */
function requireWhole(what, number) {
  if (!Number.isInteger(number) || number < 1) {
    throw new OrderRefused(`${what} is ${number}, where a whole number from 1 on is needed.`);
  }
  return number;
}

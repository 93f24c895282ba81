export class MarketError extends Error {}
export class OrderRefused extends MarketError {}
export class OrderNotFound extends MarketError {}

const isWhole = (number) => Number.isInteger(number) && number >= 1;

export class Order {
  #name;
  #side;
  #remaining;

  constructor(name, side, quantity) {
    if (!name || typeof name !== "string") throw new OrderRefused("the name is missing");
    if (!["buy", "sell"].includes(side)) throw new OrderRefused("the side must be buy or sell");
    if (!isWhole(quantity)) throw new OrderRefused("the quantity must be a whole number from 1 on");
    this.#name = name;
    this.#side = side;
    this.#remaining = quantity;
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

  fill(quantity) {
    if (!isWhole(quantity) || quantity > this.#remaining) {
      throw new OrderRefused("cannot fill the order by " + quantity);
    }
    this.#remaining -= quantity;
  }

  wants(available) {
    return Math.min(available, this.#remaining);
  }
}

export class LimitOrder extends Order {
  #price;

  constructor(name, side, quantity, price) {
    super(name, side, quantity);
    if (!isWhole(price)) throw new OrderRefused("the price must be a whole number from 1 on");
    this.#price = price;
  }

  get price() {
    return this.#price;
  }

  accepts(price) {
    if (this.side === "buy") return price <= this.#price;
    return price >= this.#price;
  }

  waits() {
    return true;
  }
}

export class MarketOrder extends Order {
  accepts() {
    return true;
  }

  waits() {
    return false;
  }
}

export class WholeOrder extends LimitOrder {
  wants(available) {
    return available < this.remaining ? 0 : this.remaining;
  }

  waits() {
    return false;
  }
}

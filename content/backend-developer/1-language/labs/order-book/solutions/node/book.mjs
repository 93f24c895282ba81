// The book: the orders that wait, and how others trade with them.
import { OrderNotFound, OrderRefused } from "./orders.mjs";

const OTHER_SIDE = { buy: "sell", sell: "buy" };

/** Brings buyers and sellers together. Each side is kept with its best price first. */
export class Book {
  #sides = { buy: [], sell: [] };

  /** Let an order trade with those that wait; return the trades. */
  place(order) {
    if (this.#find(order.name)) {
      throw new OrderRefused(`An order of ${order.name} waits already. Cancel it first.`);
    }
    const partners = this.#sides[OTHER_SIDE[order.side]].filter((each) => order.accepts(each.price));
    let wanted = order.wants(partners.reduce((sum, each) => sum + each.remaining, 0));
    const trades = [];
    for (const partner of partners) {
      const quantity = Math.min(wanted, partner.remaining);
      if (quantity > 0) {
        trades.push(this.#trade(order, partner, quantity));
        wanted -= quantity;
      }
    }
    if (order.remaining > 0 && order.waits()) this.#keep(order);
    return trades;
  }

  /** Return what waits on a side, the best price first. */
  waiting(side) {
    return this.#sides[side].map(({ name, remaining, price }) => ({ name, quantity: remaining, price }));
  }

  /** Take a waiting order out of the book. */
  cancel(name) {
    const order = this.#find(name);
    if (!order) throw new OrderNotFound(`No order of ${name} waits.`);
    this.#remove(order);
  }

  #trade(order, partner, quantity) {
    order.fill(quantity);
    partner.fill(quantity);
    if (partner.remaining === 0) this.#remove(partner);
    const [buyer, seller] = order.side === "buy" ? [order, partner] : [partner, order];
    return { buyer: buyer.name, seller: seller.name, quantity, price: partner.price };
  }

  #keep(order) {
    // Sorting keeps equal ones in the order in which they came.
    const direction = order.side === "buy" ? -1 : 1;
    this.#sides[order.side].push(order);
    this.#sides[order.side].sort((a, b) => direction * (a.price - b.price));
  }

  #remove(order) {
    this.#sides[order.side] = this.#sides[order.side].filter((each) => each !== order);
  }

  #find(name) {
    return [...this.#sides.buy, ...this.#sides.sell].find((order) => order.name === name);
  }
}

import { OrderNotFound, OrderRefused } from "./orders.mjs";

export class Book {
  #orders = [];

  place(order) {
    if (this.#orders.some((each) => each.name === order.name)) {
      throw new OrderRefused(`${order.name} has an order already`);
    }
    const others = this.#list(order.side === "buy" ? "sell" : "buy").filter((each) => order.accepts(each.price));
    const available = others.reduce((sum, each) => sum + each.remaining, 0);
    let wanted = order.wants(available);
    const trades = [];
    while (wanted > 0) {
      const other = others.shift();
      const quantity = Math.min(wanted, other.remaining);
      order.fill(quantity);
      other.fill(quantity);
      wanted -= quantity;
      const isBuyer = order.side === "buy";
      trades.push({
        buyer: isBuyer ? order.name : other.name,
        seller: isBuyer ? other.name : order.name,
        quantity,
        price: other.price,
      });
    }
    this.#orders = this.#orders.filter((each) => each.remaining > 0);
    if (order.remaining > 0 && order.waits()) this.#orders.push(order);
    return trades;
  }

  waiting(side) {
    return this.#list(side).map((each) => ({ name: each.name, quantity: each.remaining, price: each.price }));
  }

  cancel(name) {
    const index = this.#orders.findIndex((each) => each.name === name);
    if (index === -1) throw new OrderNotFound(`${name} has no order`);
    this.#orders.splice(index, 1);
  }

  #list(side) {
    const orders = this.#orders.filter((each) => each.side === side);
    return orders.sort((a, b) => (side === "buy" ? b.price - a.price : a.price - b.price));
  }
}

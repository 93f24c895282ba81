"""The book: the orders that wait, and how others trade with them."""

from orders import OrderNotFound, OrderRefused

OTHER_SIDE = {"buy": "sell", "sell": "buy"}


class Book:
    """Brings buyers and sellers together. Each side is kept with its best price first."""

    def __init__(self):
        self._sides = {"buy": [], "sell": []}

    def place(self, order):
        """Let an order trade with those that wait; return the trades."""
        if self._find(order.name):
            raise OrderRefused(f"An order of {order.name} waits already. Cancel it first.")
        partners = [each for each in self._sides[OTHER_SIDE[order.side]] if order.accepts(each.price)]
        wanted = order.wants(sum(each.remaining for each in partners))
        trades = []
        for partner in partners:
            quantity = min(wanted, partner.remaining)
            if quantity:
                trades.append(self._trade(order, partner, quantity))
                wanted -= quantity
        if order.remaining and order.waits():
            self._keep(order)
        return trades

    def waiting(self, side):
        """Return what waits on a side, the best price first."""
        return [
            {"name": order.name, "quantity": order.remaining, "price": order.price}
            for order in self._sides[side]
        ]

    def cancel(self, name):
        """Take a waiting order out of the book."""
        order = self._find(name)
        if order is None:
            raise OrderNotFound(f"No order of {name} waits.")
        self._sides[order.side].remove(order)

    def _trade(self, order, partner, quantity):
        order.fill(quantity)
        partner.fill(quantity)
        if not partner.remaining:
            self._sides[partner.side].remove(partner)
        buyer, seller = (order, partner) if order.side == "buy" else (partner, order)
        return {"buyer": buyer.name, "seller": seller.name, "quantity": quantity, "price": partner.price}

    def _keep(self, order):
        # Sorting keeps equal ones in the order in which they came.
        self._sides[order.side].append(order)
        self._sides[order.side].sort(key=lambda each: each.price, reverse=order.side == "buy")

    def _find(self, name):
        waiting = self._sides["buy"] + self._sides["sell"]
        return next((order for order in waiting if order.name == name), None)

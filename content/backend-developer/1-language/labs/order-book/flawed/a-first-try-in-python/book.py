from orders import OrderNotFound, OrderRefused


class Book:
    def __init__(self):
        self.buyers = []
        self.sellers = []

    def place(self, order):
        for waiting in self.buyers + self.sellers:
            if waiting.name == order.name:
                raise OrderRefused("There is an order of that name already.")
        others = self.sellers if order.side == "buy" else self.buyers
        possible = []
        for other in others:
            if not order.accepts(other.price):
                break  # The best comes first, so the rest is too dear as well.
            possible.append(other)
        wanted = order.wants(sum(other.remaining for other in possible))
        trades = []
        for other in possible:
            quantity = min(wanted, other.remaining)
            if quantity == 0:
                break
            order.fill(quantity)
            other.fill(quantity)
            wanted -= quantity
            if order.side == "buy":
                trade = {"buyer": order.name, "seller": other.name}
            else:
                trade = {"buyer": other.name, "seller": order.name}
            trade["quantity"] = quantity
            trade["price"] = other.price
            trades.append(trade)
            if other.remaining == 0:
                others.remove(other)
        if order.remaining > 0 and order.waits():
            if order.side == "buy":
                self.buyers.append(order)
                self.buyers.sort(key=lambda each: -each.price)
            else:
                self.sellers.append(order)
                self.sellers.sort(key=lambda each: each.price)
        return trades

    def waiting(self, side):
        orders = self.buyers if side == "buy" else self.sellers
        return [{"name": each.name, "quantity": each.remaining, "price": each.price} for each in orders]

    def cancel(self, name):
        for orders in (self.buyers, self.sellers):
            for order in orders:
                if order.name == name:
                    orders.remove(order)
                    return
        raise OrderNotFound(f"There is no order of {name}.")

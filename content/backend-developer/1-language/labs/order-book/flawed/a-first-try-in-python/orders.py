class MarketError(Exception):
    pass


class OrderRefused(MarketError):
    pass


class OrderNotFound(MarketError):
    pass


class Order:
    def __init__(self, name, side, quantity):
        if not name or not isinstance(name, str):
            raise OrderRefused("The name is missing.")
        if side not in ["buy", "sell"]:
            raise OrderRefused("The side must be buy or sell.")
        if type(quantity) is not int or quantity < 1:
            raise OrderRefused("The quantity must be a whole number from 1 on.")
        self.name = name
        self.side = side
        self.remaining = quantity

    def fill(self, quantity):
        if type(quantity) is not int or quantity < 1:
            raise OrderRefused("The quantity must be a whole number from 1 on.")
        if quantity > self.remaining:
            raise OrderRefused("There are not so many crates left.")
        self.remaining -= quantity

    def wants(self, available):
        return min(available, self.remaining)


class LimitOrder(Order):
    def __init__(self, name, side, quantity, price):
        super().__init__(name, side, quantity)
        if type(price) is not int or price < 1:
            raise OrderRefused("The price must be a whole number from 1 on.")
        self.price = price

    def accepts(self, price):
        if self.side == "buy":
            return price <= self.price
        return price >= self.price

    def waits(self):
        return True


class MarketOrder(Order):
    def accepts(self, price):
        return True

    def waits(self):
        return False


class WholeOrder(LimitOrder):
    def wants(self, available):
        if available < self.remaining:
            return 0
        return self.remaining

    def waits(self):
        return False

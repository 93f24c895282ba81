"""The orders, and the errors of the market."""


class MarketError(Exception):
    """Something that the market refuses."""


class OrderRefused(MarketError):
    """An order, or something that is asked of one, makes no sense."""


class OrderNotFound(MarketError):
    """No order waits under this name."""


class Order:
    """What all kinds share: who wants to trade what, and how much of it remains."""

    def __init__(self, name, side, quantity):
        if not isinstance(name, str) or not name:
            raise OrderRefused("An order needs the name of the one who places it.")
        if side not in ("buy", "sell"):
            raise OrderRefused(f"An order buys or sells, and this one says {side!r}.")
        self._name = name
        self._side = side
        self._remaining = require_whole("The quantity", quantity)

    @property
    def name(self):
        return self._name

    @property
    def side(self):
        return self._side

    @property
    def remaining(self):
        return self._remaining

    def fill(self, quantity):
        """Take so many crates off what remains."""
        require_whole("The quantity", quantity)
        if quantity > self._remaining:
            raise OrderRefused(f"{self._name} has {self._remaining} crates left, not {quantity}.")
        self._remaining -= quantity

    def wants(self, available):
        """Return how many of so many crates it would take."""
        return min(self._remaining, available)


class MarketOrder(Order):
    """Trades at any price, now or never."""

    def accepts(self, price):
        return True

    def waits(self):
        return False


class LimitOrder(Order):
    """Trades at its own price or a better one, and waits for it."""

    def __init__(self, name, side, quantity, price):
        super().__init__(name, side, quantity)
        self._price = require_whole("The price", price)

    @property
    def price(self):
        return self._price

    def accepts(self, price):
        return price <= self._price if self.side == "buy" else price >= self._price

    def waits(self):
        return True


class WholeOrder(LimitOrder):
    """Trades all of its quantity at once, or nothing."""

    def wants(self, available):
        return self.remaining if available >= self.remaining else 0

    def waits(self):
        return False


def require_whole(what, number):
    """Return a whole number from 1 on; refuse anything else."""
    if not isinstance(number, int) or number < 1:
        raise OrderRefused(f"{what} is {number!r}, where a whole number from 1 on is needed.")
    return number

"""The orders, and the errors of the market."""


class MarketError(Exception):
    """Something that the market refuses."""


class Order:
    """What all kinds of orders share."""

    def __init__(self, name, side, quantity):
        pass


# LimitOrder, MarketOrder and WholeOrder come here, and two kinds of errors above.

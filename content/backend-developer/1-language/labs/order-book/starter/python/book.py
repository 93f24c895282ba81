"""The book: the orders that wait, and how others trade with them."""


class Book:
    """Brings buyers and sellers together."""

    def place(self, order):
        """Let an order trade; return the trades."""
        return []

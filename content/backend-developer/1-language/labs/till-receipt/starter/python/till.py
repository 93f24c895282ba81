"""Ida's till.

Run it:  python till.py
"""


def read_price(text):
    """Return the price that a text such as "4.20" shows, in whole cents."""
    return None  # Replace this line, and the others like it.


def discount_at(hour, minute):
    """Return how many percent are off at this time of day."""
    return None


def take_off(price, percent):
    """Return the price with so many percent off, in whole cents."""
    return None


def evening_prices(prices, percent):
    """Return another price list, in which everything baked costs less."""
    return None


def serve(scans, prices):
    """Return the receipts of a day."""
    return None


# True when you run this file, False when another program imports it to use its functions.
if __name__ == "__main__":
    price_list = {
        "rye bread": {"price": 420, "baked": True},
        "croissant": {"price": 150, "baked": True},
        "coffee": {"price": 280, "baked": False},
    }
    print("420?", read_price("4.20"))
    print("25?", discount_at(19, 10))
    print("113?", take_off(150, 25))
    print("315, 113 and 280?", evening_prices(price_list, 25))
    print("420, 150 and 280, as before?", price_list)
    print("700 and 850?", serve(["rye bread", "coffee", "pay", "same", "croissant", "pay"], price_list))

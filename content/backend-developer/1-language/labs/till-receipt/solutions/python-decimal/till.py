"""Ida's till, with decimal numbers where money is read and rounded."""

from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal


def read_price(text):
    """Return the price that a text such as "4.20" shows, in whole cents."""
    return int(Decimal(text) * 100)


def discount_at(hour, minute):
    """Return how many percent are off at this time of day."""
    time = (hour, minute)
    if time < (18, 30):
        return 0
    elif time < (20, 0):
        return 25
    else:
        return 50


def take_off(price, percent):
    """Return the price with so many percent off, in whole cents; half a cent goes up."""
    exact = Decimal(price) * (100 - percent) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def evening_prices(prices, percent):
    """Return another price list, in which everything baked costs less."""
    evening = deepcopy(prices)
    for product in evening.values():
        if product["baked"]:
            product["price"] = take_off(product["price"], percent)
    return evening


def serve(scans, prices):
    """Return the receipts of a day."""
    receipts = []
    items = []
    total = 0
    for scan in scans:
        if scan == "pay":
            if items:
                receipts.append({"items": list(items), "total": total})
            items.clear()
            total = 0
        elif scan == "same":
            items += receipts[-1]["items"]
            total += receipts[-1]["total"]
        else:
            items.append(scan)
            total += prices[scan]["price"]
    return receipts

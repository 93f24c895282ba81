"""Ida's till: whole cents, an evening discount, and receipts that stay as they were printed."""


def read_price(text):
    """Return the price that a text such as "4.20" shows, in whole cents."""
    euros, cents = text.split(".")
    return int(euros) * 100 + int(cents)


def discount_at(hour, minute):
    """Return how many percent are off at this time of day."""
    minutes = hour * 60 + minute
    if minutes >= 20 * 60:
        return 50
    if minutes >= 18 * 60 + 30:
        return 25
    return 0


def take_off(price, percent):
    """Return the price with so many percent off, in whole cents; half a cent goes up."""
    hundredths = price * (100 - percent)
    return (hundredths + 50) // 100


def evening_prices(prices, percent):
    """Return another price list, in which everything baked costs less."""
    return {name: evening_product(product, percent) for name, product in prices.items()}


def evening_product(product, percent):
    """Return a new record of the product, with its price of the evening."""
    price = take_off(product["price"], percent) if product["baked"] else product["price"]
    return {**product, "price": price}


def serve(scans, prices):
    """Return the receipts of a day."""
    receipts = []
    basket = []
    for scan in scans:
        if scan == "same":
            basket.extend(receipts[-1]["items"])
        elif scan != "pay":
            basket.append(scan)
        elif basket:
            receipts.append({"items": basket, "total": sum_up(basket, prices)})
            basket = []  # A new list: the old one belongs to the receipt now.
    return receipts


def sum_up(basket, prices):
    """Return what the products of a basket cost together."""
    return sum(prices[name]["price"] for name in basket)

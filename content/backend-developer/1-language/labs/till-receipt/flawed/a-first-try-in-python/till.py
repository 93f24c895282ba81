def read_price(text):
    return int(float(text) * 100)


def discount_at(hour, minute):
    if hour >= 20:
        return 50
    if hour >= 18 and minute >= 30:
        return 25
    return 0


def take_off(price, percent):
    return round(price - price * percent / 100)


def evening_prices(prices, percent):
    evening = prices.copy()
    for product in evening.values():
        if product["baked"]:
            product["price"] = take_off(product["price"], percent)
    return evening


def serve(scans, prices):
    receipts = []
    basket = []
    for scan in scans:
        if scan == "pay":
            if basket:
                total = 0
                for item in basket:
                    total += prices[item]["price"]
                receipts.append({"items": basket, "total": total})
            basket = []
        elif scan == "same":
            basket += receipts[-1]["items"]
        else:
            basket.append(scan)
    return receipts

"""Checks of the till. Prices, times and products are drawn from the seed of the run.

What a price becomes is worked out in whole numbers here, never in the way a learner might.
"""

import math

from milepost.engine.checks import check, exactly
from milepost.engine.checks.learner_code import as_plain, ask, in_words, require_value, say_call

BAKED = ["rye bread", "croissant", "poppy roll", "plum cake", "pretzel", "cheese straw", "apple pie", "walnut loaf"]
NOT_BAKED = ["coffee", "tea", "apple juice", "honey", "butter"]
HALF_PAST_SIX, EIGHT = 18 * 60 + 30, 20 * 60
BEFORE, QUARTER, HALF = 0, 25, 50


def say_type(value):
    """Say what is wrong with the type of an amount, if anything is."""
    if isinstance(value, str):
        return "It is a text, which `+` joins instead of adding it: turn it into a number. "
    if isinstance(value, float):
        return "It is a number with a fraction, and the till counts whole cents: stay with whole numbers all the way. "
    return ""


# Whole cents


def write_price(cents):
    """Write a price as Ida does."""
    return f"{cents // 100}.{cents % 100:02}"


def is_exact(cents):
    """Whether a number with a fraction holds this price so well that no way of reading it goes wrong."""
    return float(write_price(cents)) * 100 == cents


@check(task="whole-cents", objectives=["language.data-types"])
def test_a_price_becomes_a_whole_number(solution, random):
    """The text of a price becomes a whole number of cents"""
    plain = random.sample([cents for cents in range(120, 2000) if is_exact(cents)], 3)
    few_cents = random.choice([cents for cents in range(101, 1910) if cents % 100 in range(1, 10) and is_exact(cents)])
    for cents in [*plain, random.randint(2, 30) * 100, few_cents, random.choice([5, 6, 8, 9])]:
        text = write_price(cents)
        got = ask(solution, "read_price", text)
        assert exactly(got) == cents, (
            f"Your {say_call(solution, 'read_price', [text])} returned something else than the whole number {cents}. {say_type(got)}"
            f"`{text}` means {cents // 100} euros, of a hundred cents each, and {cents % 100} cents"
        )


@check(task="whole-cents", objectives=["language.data-types"])
def test_no_price_loses_a_cent(solution, random):
    """No price loses a cent on its way into the till"""
    inexact = [cents for cents in range(101, 2000) if not is_exact(cents)]
    too_low = [cents for cents in inexact if float(write_price(cents)) * 100 < cents]
    for cents in [*random.sample(too_low, 4), *random.sample(inexact, 2)]:
        text = write_price(cents)
        got = ask(solution, "read_price", text)
        assert exactly(got) == cents, (
            f"Your {say_call(solution, 'read_price', [text])} did not return {cents}. {say_type(got)}A number with a fraction holds {text} only "
            f"nearly, and times 100 it is {float(text) * 100!r}. The euros and the cents in the text are whole numbers already"
        )


# The evening discount


def discount_of(minutes):
    """Return the discount of a minute of the day."""
    if minutes < HALF_PAST_SIX:
        return BEFORE
    return QUARTER if minutes < EIGHT else HALF


def ask_discount(solution, minutes, why):
    """See that a minute of the day has the discount of Ida's table."""
    hour, minute = divmod(minutes, 60)
    got = ask(solution, "discount_at", hour, minute)
    assert got == discount_of(minutes), (
        f"Your {say_call(solution, 'discount_at', [hour, minute])} returned another percent than Ida's table for {hour}:{minute:02}. {why}"
    )


@check(task="evening-discount", objectives=["language.conditionals"])
def test_each_discount_begins_on_its_minute(solution, random):
    """Each discount begins on its minute, and not one before"""
    inside = [random.randint(7, 17) * 60 + random.randint(0, 29), random.randint(19 * 60 + 31, EIGHT - 2), random.randint(20 * 60 + 31, 20 * 60 + 59)]
    for minutes in [*inside, 0, 23 * 60 + 59]:
        ask_discount(solution, minutes, "This is far from every border: see which of your questions is the first that this time meets")
    for minutes in (HALF_PAST_SIX - 1, HALF_PAST_SIX, EIGHT - 1, EIGHT):
        ask_discount(
            solution,
            minutes,
            "*From 18:30 on* has 18:30 in it and 18:29 not: each border belongs to one discount, so ask which of `>` and `>=` you mean",
        )


@check(task="evening-discount", objectives=["language.conditionals"])
def test_the_first_minutes_of_an_hour_are_evening_too(solution, random):
    """The first minutes of an hour count as evening too, and the last ones of an afternoon hour do not"""
    early = [19 * 60 + 10, 19 * 60 + random.randint(0, 29), 20 * 60 + random.randint(1, 29), random.randint(21, 23) * 60 + random.randint(0, 29)]
    late = [random.randint(8, 17) * 60 + random.randint(31, 59), 18 * 60 + random.randint(0, 28)]
    for minutes in early + late:
        ask_discount(solution, minutes, "Hour and minute are one time: compare them as one value, not each for itself")


def take_off(price, percent):
    """Return what a price becomes: to the nearest cent, half a cent up."""
    return (price * (100 - percent) + 50) // 100


def shortcuts(price, percent):
    """Return what some ways through numbers with fractions make of a price, each a little off now and then."""
    return [
        price * (1 - percent / 100),
        price / 100 * (100 - percent),
        price - price * (percent / 100),
        price / 100 * (1 - percent / 100) * 100,
    ]


def list_halves():
    """Return prices and percents that lead to half a cent."""
    return [
        (price, percent)
        for price in range(50, 1000)
        for percent in range(5, 100, 5)
        if price * (100 - percent) % 100 == 50
    ]


def count_lost(price, percent):
    """Return how many of the shortcuts lose the half cent of this price."""
    return sum(math.floor(each + 0.5) != take_off(price, percent) for each in shortcuts(price, percent))


def say_exactly(price, percent):
    """Write what a price becomes before it is rounded."""
    hundredths = price * (100 - percent)
    return f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")


def assert_price(solution, price, percent, why):
    """See that a price with so many percent off is what Ida would write."""
    got = ask(solution, "take_off", price, percent)
    assert exactly(got) == take_off(price, percent), (
        f"Your {say_call(solution, 'take_off', [price, percent])} did not return {take_off(price, percent)}. {say_type(got)}The new price is exactly "
        f"{say_exactly(price, percent)} cents. {why}"
    )


@check(task="evening-discount", objectives=["language.data-types"])
def test_a_new_price_is_the_nearest_cent(solution, random):
    """A new price is the nearest whole cent"""
    pairs = [(price, percent) for price in range(120, 1000) for percent in range(1, 100)]
    for least, most in [(51, 51), (49, 49), (60, 95), (5, 40), (0, 0)]:
        price, percent = random.choice([each for each in pairs if least <= each[0] * (100 - each[1]) % 100 <= most])
        assert_price(solution, price, percent, "Rounding looks to both sides, and takes the cent that is nearer")
    price = random.randint(101, 999)
    assert_price(solution, price, 0, "With nothing off, a price stays what it is")
    assert_price(solution, price, 100, "With everything off, nothing is left to pay")


@check(task="evening-discount", objectives=["language.data-types"])
def test_half_a_cent_goes_up(solution, random):
    """Half a cent goes up"""
    habit = "Python's `round` takes halves to the nearest even number, which is another rule. " if solution.language == "python" else ""
    halves = [(price, percent) for price, percent in list_halves() if percent in {25, 50, 75} and not count_lost(price, percent)]
    for price, percent in random.sample([each for each in halves if take_off(*each) % 2], 3):
        assert_price(
            solution,
            price,
            percent,
            f"Half a cent goes up, always. {habit}If you round what is taken off, the half goes up for the discount and down for the "
            "price: round the new price itself",
        )


@check(task="evening-discount", objectives=["language.data-types"])
def test_a_percentage_is_not_rounded_on_its_way(solution, random):
    """A percentage loses nothing on its way"""
    halves = [each for each in list_halves() if take_off(*each) % 2 == 0]
    lost = [each for each in halves if math.floor(shortcuts(*each)[0] + 0.5) != take_off(*each)]
    lost_most = [each for each in lost if count_lost(*each) > 1]
    lost_apart = [each for each in halves if math.floor(shortcuts(*each)[2] + 0.5) != take_off(*each)]
    for price, percent in [*random.sample(lost, 2), *random.sample(lost_most, 2), *random.sample(lost_apart, 2)]:
        assert_price(
            solution,
            price,
            percent,
            f"That half goes up. As a fraction, {percent} percent is held only nearly, and so near a border that decides: "
            "multiply whole numbers, divide once, and round last",
        )


# The evening prices


def make_prices(random):
    """Make up a price list in which every discount that a check uses leads to whole cents."""
    names = random.sample(BAKED, random.randint(4, 6)) + random.sample(NOT_BAKED, random.randint(2, 3))
    random.shuffle(names)
    amounts = random.sample(range(60, 700, 20), len(names))
    return {name: {"price": amount, "baked": name in BAKED} for name, amount in zip(names, amounts, strict=True)}


def ask_evening(solution, prices, percent):
    """Return the price list of an evening."""
    return read_evening(solution, prices, percent, ask(solution, "evening_prices", prices, percent))


def read_evening(solution, prices, percent, value):
    """Return a price list as plain records, which must be for the same products."""
    evening = as_plain(value)
    name = say_call(solution, "evening_prices", [prices, percent])
    fitting = isinstance(evening, dict) and all(isinstance(each, dict) for each in evening.values())
    assert fitting, (
        f"Your {name} returned something else than a price list. The till looks products up by name and finds a record each: "
        "return a list of the same form as the one you are given"
    )
    assert set(evening) == set(prices), (
        f"Your {name} returned a price list with other products. Whoever wants a coffee in the evening still has to find it: "
        "each product is there, the ones that don't get cheaper too"
    )
    return evening


@check(task="evening-prices", objectives=["language.functions", "language.conditionals"])
def test_what_is_baked_costs_less(solution, random):
    """What is baked costs less in the evening, and everything else the same"""
    prices = make_prices(random)
    for percent in random.sample([10, 25, 50], 2):
        evening = ask_evening(solution, prices, percent)
        expected = {
            name: {**product, "price": take_off(product["price"], percent) if product["baked"] else product["price"]}
            for name, product in prices.items()
        }
        wrong = next((name for name in prices if evening[name] != expected[name]), "")
        nature = "is baked, so it costs" if wrong in BAKED else "is not baked, so it still costs"
        assert evening == expected, (
            f"Your evening list is wrong about `{wrong}`, which {nature} {expected.get(wrong, {}).get('price')} with {percent} percent "
            "off. Ask each record whether it is `baked`; all else in a record stays as it is"
        )


@check(task="evening-prices", objectives=["language.variables"])
def test_the_price_list_stays_as_it_was(solution, random):
    """The price list that was given stays as it was"""
    prices, percent = make_prices(random), random.choice([25, 50])
    call = say_call(solution, "evening_prices", [prices, percent])
    seen = in_words(lambda: solution.observe("evening_prices", prices, percent), call)
    require_value(seen.value, call)
    read_evening(solution, prices, percent, seen.value)
    assert seen.arguments == (prices, percent), (
        "Your function changed the price list that it was given, so tomorrow's bread has today's evening price. "
        "`=` only gives a list one more name, and a copy of the list still holds the same records: make a new record for each product"
    )


# A day at the till


def ask_receipts(solution, scans, prices):
    """Return the receipts of a day, each of which must be a record with products and a total."""
    receipts = as_plain(ask(solution, "serve", scans, prices))
    assert isinstance(receipts, list), (
        "Your `serve` returned something else than a list. Ida prints the receipts one after the other: return a list of them, "
        "also where there is one"
    )
    fitting = all(
        isinstance(each, dict) and set(each) == {"items", "total"} and isinstance(each["items"], list) for each in receipts
    )
    assert fitting, (
        "Your `serve` returned a receipt of another form than the brief shows. The printer looks for two names: `items`, a list of "
        "products, and `total`, what they cost together"
    )
    return receipts


def receipt(items, prices):
    """Return the receipt for these products."""
    return {"items": items, "total": sum(prices[name]["price"] for name in items)}


def say_difference(got, expected):
    """Say what is wrong with receipts, as far as it shows."""
    bought, wanted = [each["items"] for each in got], [each["items"] for each in expected]
    if len(got) != len(expected):
        return f"It returned {len(got)} where {len(expected)} were printed: one for each time that somebody paid for something."
    if not any(bought):
        return "All of them are empty: they hold the basket itself, and emptying it emptied them."
    if len(bought) > 1 and all(items == bought[0] for items in bought):
        return "All of them show the same products: they hold one list, the basket itself."
    if bought[0] != wanted[0] and bought[0][: len(wanted[0])] == wanted[0]:
        return "The first one has grown since it was printed."
    if len(bought) > 1 and bought[1] == wanted[0] + wanted[1]:
        return "The second one begins with what the first customer has paid for already."
    if bought == wanted:
        return "Their products are right, but not what they cost together."
    return "They show other products, or the right ones in another order."


@check(task="day-at-the-till", objectives=["language.functions"])
def test_a_receipt_names_products_and_total(solution, random):
    """A receipt names the products in order, and what they cost together"""
    prices = make_prices(random)
    items = random.sample(list(prices), 3)
    items.insert(random.randint(1, 3), items[0])
    receipts = ask_receipts(solution, [*items, "pay"], prices)
    expected = [receipt(items, prices)]
    assert receipts == expected, (
        f"Your `serve` did not return the one receipt of a day with a single customer. {say_difference(receipts, expected)} "
        "Each scan is one product in the basket, also one that is in it already; at `pay`, the basket becomes the receipt"
    )


@check(task="day-at-the-till", objectives=["language.variables"])
def test_each_customer_has_a_receipt_of_their_own(solution, random):
    """Each customer has a receipt of their own, still right at closing time"""
    prices = make_prices(random)
    names = random.sample(list(prices), 6)
    baskets = [names[:2], names[2:3], names[3:]]
    scans = [scan for basket in baskets for scan in [*basket, "pay"]]
    receipts = ask_receipts(solution, scans, prices)
    expected = [receipt(basket, prices) for basket in baskets]
    assert receipts == expected, (
        f"Your `serve` did not return the receipts of three customers. {say_difference(receipts, expected)} A receipt keeps a list of its own, and "
        "the next customer begins with another, empty one"
    )


@check(task="day-at-the-till", objectives=["language.variables"])
def test_the_same_again_leaves_the_earlier_receipt(solution, random):
    """Who has the same and something more changes no earlier receipt"""
    prices = make_prices(random)
    first, second, more, last = random.sample(list(prices), 4)
    receipts = ask_receipts(solution, [first, second, "pay", "same", more, "pay", "same", last, "pay"], prices)
    expected = [receipt(items, prices) for items in ([first, second], [first, second, more], [first, second, more, last])]
    assert receipts == expected, (
        f"Your `serve` did not return the three receipts of a day on which `same` was scanned twice. {say_difference(receipts, expected)} "
        "`same` adds what stands on the last receipt to this customer's basket; a basket that *is* that list writes on the old receipt"
    )


@check(task="day-at-the-till", objectives=["language.variables"], hidden=True)
def test_the_same_again_comes_behind_the_basket(solution, random):
    """Scanned later, the same comes behind what is in the basket"""
    prices = make_prices(random)
    first, second, own, more = random.sample(list(prices), 4)
    receipts = ask_receipts(solution, [first, second, "pay", own, "same", more, "pay"], prices)
    expected = [receipt([first, second], prices), receipt([own, first, second, more], prices)]
    assert receipts == expected, (
        f"Your `serve` did not return the two receipts of a day on which `same` came after a product. {say_difference(receipts, expected)} What "
        "the customer has in the basket stays there, and the rest comes behind it"
    )


@check(task="day-at-the-till", objectives=["language.conditionals"], hidden=True)
def test_an_empty_basket_gets_no_receipt(solution, random):
    """Who has nothing in the basket, or does not pay, gets no receipt"""
    prices = make_prices(random)
    assert ask_receipts(solution, [], prices) == [], (
        "Your `serve` returned a receipt for a day without a scan. Nobody came, so the list of receipts is empty"
    )
    bought, also, left = random.sample(list(prices), 3)
    receipts = ask_receipts(solution, ["pay", bought, "pay", "pay", also, "pay", left], prices)
    expected = [receipt([bought], prices), receipt([also], prices)]
    assert receipts == expected, (
        f"Your `serve` did not return the two receipts of a day on which some paid for nothing, and the last did not pay. "
        f"{say_difference(receipts, expected)} Ask whether there is anything in the basket before you print"
    )


@check(task="day-at-the-till", objectives=["language.functions"], hidden=True)
def test_each_day_begins_with_nothing(solution, random):
    """Each day begins without yesterday's receipts and baskets"""
    prices = make_prices(random)
    today, left, tomorrow = random.sample(list(prices), 3)
    receipts, expected = ask_receipts(solution, [today, "pay", left], prices), [receipt([today], prices)]
    assert receipts == expected, f"Your `serve` did not return the one receipt of the first day. {say_difference(receipts, expected)}"
    receipts, expected = ask_receipts(solution, [tomorrow, "pay"], prices), [receipt([tomorrow], prices)]
    assert receipts == expected, (
        "Your `serve` was called for a second day, and did not return that day's one receipt. What a function remembers from the call "
        "before reaches whoever calls it next: make the list of receipts and the basket anew inside the function"
    )

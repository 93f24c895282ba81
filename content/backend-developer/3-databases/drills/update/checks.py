"""Checks of the bakery's evening. Breads, sales and prices are drawn from the seed of the run."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from milepost.engine.checks import Rows, check

BREADS = ["Rye", "Plait", "Walnut loaf", "Baguette", "Pumpkin roll", "Spelt", "Pretzel", "Milk bun"]


def draw_day(random):
    """Draw a day on which the bakery is open."""
    return date(2026, 4, 1) + timedelta(days=random.randint(0, 60))


def fill_shelf(postgres, breads):
    """Put breads onto the shelf: name, pieces and price of each."""
    for bread in breads:
        postgres.execute("INSERT INTO breads VALUES (%s, %s, %s)", bread)


def sell(postgres, *sales):
    """Write down sales: bread, day and pieces of each."""
    for sale in sales:
        postgres.execute("INSERT INTO sales VALUES (%s, %s, %s)", sale)


def require_pieces(postgres, expected, why):
    """See how many pieces of each bread are there."""
    found = postgres.rows("SELECT name, pieces FROM breads ORDER BY name")
    assert found == Rows(("name", "pieces"), sorted(expected.items())), why


def require_prices(postgres, expected, why):
    """See what each bread costs."""
    found = postgres.rows("SELECT name, price FROM breads ORDER BY name")
    assert found == Rows(("name", "price"), sorted(expected.items())), why


@check(task="closing-time", objectives=["databases.update"])
def test_every_sale_counts(sql, postgres, random):
    """Every sale of the day counts, also the third of one bread"""
    day, (one, other) = draw_day(random), random.sample(BREADS, 2)
    parts = {one: [2, 5, random.randint(1, 4)], other: [3, 3]}
    before = {bread: sum(pieces) + random.randint(1, 9) for bread, pieces in parts.items()}
    fill_shelf(postgres, [(bread, pieces, "4.00") for bread, pieces in before.items()])
    sell(postgres, *((bread, day, pieces) for bread, all_of_it in parts.items() for pieces in all_of_it))

    sql.run("close-shop.sql", day=day, percent=25)

    require_pieces(postgres, {bread: before[bread] - sum(pieces) for bread, pieces in parts.items()}, (
        "Not every sale was taken off, or one more than once. A row that finds several partners in `UPDATE … FROM` is"
        " changed by one of them only: sum the sales up first, so that there is one row for each bread"
    ))


@check(task="closing-time", objectives=["databases.update"])
def test_only_that_day_counts(sql, postgres, random):
    """Sales of other days don't count"""
    day, bread, before = draw_day(random), random.choice(BREADS), random.randint(20, 40)
    fill_shelf(postgres, [(bread, before, "4.00")])
    sell(postgres, *((bread, day + timedelta(days=n), random.randint(1, 3)) for n in (-1, 1, -7)), (bread, day, 6))

    sql.run("close-shop.sql", day=day, percent=25)

    require_pieces(postgres, {bread: before - 6}, (
        f"On {day} six pieces were sold, and the shelf should have {before - 6} left. What was sold on other days was taken"
        " off on those days: choose the day's sales before you sum them up"
    ))


@check(task="closing-time", objectives=["databases.update"])
def test_what_nobody_bought_is_still_there(sql, postgres, random):
    """What nobody bought is still there"""
    day, (sold, lying) = draw_day(random), random.sample(BREADS, 2)
    pieces = random.randint(4, 20)
    fill_shelf(postgres, [(sold, pieces, "4.00"), (lying, pieces, "4.00")])
    sell(postgres, (sold, day, 3))

    result = sql.run("close-shop.sql", may_fail=True, day=day, percent=25)

    assert result.error is None, (
        "Your file was refused. For a bread without any sale there is no sum: `pieces - NULL` is NULL, and the table has no"
        " place for that. Let WHERE say which rows change, or begin with a zero"
    )
    require_pieces(postgres, {sold: pieces - 3, lying: pieces}, (
        f"Nobody bought a {lying}, and its pieces are others now. Which rows change is decided by WHERE, never by what"
        " stands behind SET"
    ))


@check(task="closing-time", objectives=["databases.update"])
def test_what_is_left_costs_less(sql, postgres, random):
    """What is left costs so many percent less, to the cent"""
    percent, breads = random.choice([15, 25, 35, 45]), random.sample(BREADS, 4)
    cents = [random.randrange(210, 900, 20), random.randint(210, 900), random.randint(210, 900), random.randrange(300, 900, 100)]
    prices = {bread: Decimal(n) / 100 for bread, n in zip(breads, cents, strict=True)}
    fill_shelf(postgres, [(bread, random.randint(1, 9), price) for bread, price in prices.items()])

    sql.run("close-shop.sql", day=draw_day(random), percent=percent)

    cheaper = {
        bread: (price * (100 - percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP) for bread, price in prices.items()
    }
    require_prices(postgres, cheaper, (
        f"Your prices are not those with {percent} percent off. In SQL {percent} / 100 is 0, since both are whole numbers:"
        " multiply the price first, divide last, and round once, at the end, to two places"
    ))


@check(task="closing-time", objectives=["databases.update"])
def test_what_is_sold_out_keeps_its_price(sql, postgres, random):
    """What is sold out keeps its price"""
    day, (sold_out, empty, left) = draw_day(random), random.sample(BREADS, 3)
    fill_shelf(postgres, [(sold_out, 5, "3.00"), (empty, 0, "3.00"), (left, 6, "3.00")])
    sell(postgres, (sold_out, day, 5), (left, day, 5))

    sql.run("close-shop.sql", day=day, percent=30)

    require_prices(postgres, {sold_out: Decimal("3.00"), empty: Decimal("3.00"), left: Decimal("2.10")}, (
        f"Of {left} one piece is left, of the others none, and only what is left becomes cheaper. An UPDATE without WHERE"
        " means every row; and a condition sees the values that the statements before it have left"
    ))

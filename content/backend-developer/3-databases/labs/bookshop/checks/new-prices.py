"""Checks of prices that rise."""

from decimal import ROUND_HALF_UP, Decimal

from milepost.engine.checks import check
from milepost.engine.checks.row_sets import are_near, pick_astray

from checks.support import COUNTRIES, read


def cents(amount):
    """Round to cents, as money is rounded."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def count_changed(run):
    """Count the rows that the statements of a file inserted, changed or removed, as they told themselves."""
    return sum(
        result.row_count or 0
        for result in run.results
        if result.command.split(" ")[0] in {"INSERT", "UPDATE", "DELETE", "MERGE"}
    )


@check(task="new-prices", objectives=["databases.update"])
def test_prices_of_the_country_rise(sql, database, random):
    """Books from that country cost so many percent more"""
    country, percent = random.choice(COUNTRIES), random.choice([3, 5, 6, 7, 9, 11, 13, 15])
    books = [isbn for isbn, _ in read_prices_of(database, country)]
    for isbn, price in zip(books, find_edges(percent), strict=False):
        database.execute("UPDATE books SET price = %s WHERE isbn = %s", [price, isbn])
    old = read_prices_of(database, country)

    run = sql.run("raise-prices.sql", country=country, percent=percent)

    before = dict(old)
    new = [(isbn, before.get(isbn), price) for isbn, price in read_prices_of(database, country)]
    expected = [(isbn, price, cents(price * (100 + percent) / 100)) for isbn, price in old]
    got, wanted = pick_astray(("isbn", "before", "price"), new, expected)
    assert got == wanted, explain_prices(run, new, expected, country, percent)


def explain_prices(run, new, expected, country, percent):
    """Say what may be wrong with prices that were to rise."""
    if new and all(price == before for _, before, price in new):
        if count_changed(run) == 0:
            return (
                f"Your file changed no row, so the prices of {country} are what they were. See whether its WHERE finds these"
                " books: a book's country is that of its author, and the variable is a text, `:'country'` in PostgreSQL and"
                " `@country` in MariaDB."
            )
        return (
            f"Your file wrote rows, and each price of {country} is what it was. In PostgreSQL {percent} / 100 is 0, a whole number:"
            " multiply first, divide by 100 last, then round."
        )
    wanted = {isbn: price for isbn, _, price in expected}
    prices = {isbn: price for isbn, _, price in new}
    if prices.keys() == wanted.keys() and all(
        are_near(price, wanted[isbn], Decimal("0.01")) for isbn, price in prices.items()
    ):
        return (
            f"Your file raised the prices by {percent} percent, and some are a cent off. Half a cent goes up: multiply the"
            " price itself, divide by 100, and round once, at the end, to two places."
        )
    return (
        f"Your file did not raise these prices by {percent} percent. All books by authors from {country} cost that much more,"
        f" each raised once: {100 + percent} hundredths of what it cost before."
    )


@check(task="new-prices", objectives=["databases.update"])
def test_other_prices_stay(sql, database, random):
    """No other book changes"""
    country = random.choice(COUNTRIES)
    columns = ("isbn", "title", "author_id", "price", "stock", "published")
    mine = {isbn for isbn, _ in read_prices_of(database, country)}
    before = [row for row in read(database, "books", *columns) if row[0] not in mine]

    sql.run("raise-prices.sql", country=country, percent=10)

    after = [row for row in read(database, "books", *columns) if row[0] not in mine]
    got, wanted = pick_astray(columns, after, before)
    assert got == wanted, (
        "Your file changed these books, whose authors are from elsewhere. An UPDATE changes every row that its"
        " WHERE lets through, and without one, the whole table."
    )


def find_edges(percent):
    """Find prices that, so raised, end a little below half a cent, and exactly on it."""
    ends = {price: price * percent % 100 for price in range(400, 600)}
    below = next(price for price, end in ends.items() if 45 <= end < 50)
    on_it = next(price for price, end in ends.items() if end == 50)
    return [Decimal(price) / 100 for price in (below, on_it)]


def read_prices_of(database, country):
    """Read the prices of a country's books."""
    authors = {number for number, home in read(database, "authors", "id", "country") if home == country}
    books = read(database, "books", "isbn", "author_id", "price")
    return [(isbn, price) for isbn, author, price in books if author in authors]

"""Checks of what was sold: best sellers, and the revenue of each month."""

from collections import defaultdict
from decimal import Decimal

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import are_same_rows, as_number, require_columns

from checks.support import SALES, place_order, read


def read_sales(database, year):
    """Read the lines of all sales of a year: order, month, book, quantity, money."""
    sold = {
        number: placed.month
        for number, placed, status in read(database, "orders", "id", "placed_on", "status")
        if placed.year == year and status in SALES
    }
    lines = read(database, "order_lines", "order_id", "book_id", "quantity", "price")
    return [
        (number, sold[number], book, quantity, quantity * price)
        for number, book, quantity, price in lines
        if number in sold
    ]


@check(task="what-sells", objectives=["databases.joins", "databases.select"])
def test_best_sellers_are_ranked(sql, database, random):
    """The ten best sellers of a year are ranked by the copies that were sold"""
    year = random.choice([2024, 2025])
    copies = defaultdict(int)
    for _, _, book, quantity, _ in read_sales(database, year):
        copies[book] += quantity
    authors = dict(read(database, "authors", "id", "name"))
    books = {row[0]: row[1:] for row in read(database, "books", "id", "isbn", "title", "author_id")}
    tie_the_tenth(database, copies, f"{year}-05-05")
    ranked = sorted(copies, key=lambda book: (-copies[book], books[book][0]))[:10]
    expected = [
        (books[book][0], books[book][1], authors[books[book][2]], copies[book]) for book in ranked
    ]
    database.execute("UPDATE books SET stock = 0 WHERE isbn = %s", [expected[0][0]])  # has sold all the same

    run = sql.run("best-sellers.sql", year=year)

    require_columns(run, "isbn", "title", "author", "copies")
    assert run.rows == Rows(run.columns, expected), explain_best_sellers(run.rows, expected)


def explain_best_sellers(found, expected):
    """Say in what a list of best sellers differs."""
    if len(found) != len(expected):
        return (
            f"Your list has {len(found)} rows, and ten books were asked for. Ten are ten, also where the next sold as many:"
            " put them in order first, and then take ten rows."
        )
    if are_same_rows(found, expected):
        return (
            "Your list holds the right books in another order. Most copies come first, and books that sold equally well"
            " stand by their isbn, or they would change places from day to day."
        )
    if [row[0] for row in found] == [row[0] for row in expected]:
        return (
            "Your list holds the right books with other values. `copies` is what was sold of each: a line may hold several"
            " copies, so add up their numbers, and `author` is a name."
        )
    return (
        "Your ten best sellers are others. Only what was sold in that year counts: no baskets, no cancelled orders, and a"
        " line may hold several copies. Of books that sold equally well, the first by isbn is among the ten."
    )


def tie_the_tenth(database, copies, day):
    """Sell the eleventh book until it has as many copies as the tenth."""
    tenth, eleventh = sorted(copies, key=copies.get, reverse=True)[9:11]
    missing = copies[tenth] - copies[eleventh]
    if missing:
        place_order(database, "paid", day=day, book=eleventh, quantity=missing)
        copies[eleventh] += missing


@check(task="what-sells", objectives=["databases.joins"])
def test_books_of_one_title_stay_apart(sql, database, random):
    """Two books of the same title are two books"""
    poems = [(f"97900000000{number}", 90_001 if number == 11 else 90_000) for number in range(11, 23)]
    for isbn, quantity in random.sample(poems, len(poems)):
        book = database.value(
            "INSERT INTO books (isbn, title, author_id, price, stock, published)"
            " VALUES (%s, 'Poems', 1, 5, 1, '2020-01-01') RETURNING id",
            [isbn],
        )
        place_order(database, "paid", day="2025-05-05", book=book, quantity=quantity)

    run = sql.run("best-sellers.sql", year=2025)

    require_columns(run, "isbn", "title", "author", "copies")
    found = Rows(("isbn", "copies"), [(row[0], row[3]) for row in run.rows])
    is_one = any(isinstance(copies, int | Decimal) and copies > 90_001 for _, copies in found)
    assert Rows(found.columns, [row for row in found if row not in poems]) == [], (
        "Your list holds something else than the books called `Poems`, each with its own copies. Grouped by title"
        " they sell as one; what makes a book itself is its key, so group by that."
        if is_one
        else "Your list holds something else than the books called `Poems`, each with its own copies. One line of one order"
        " holds all that was sold of each: add up the copies of the lines, and do not count the lines."
    )
    assert found == poems[:10], (
        "Your list does not hold the first ten of twelve books, of which eleven sold equally well. Such books"
        " stand by their isbn, or they would change places from day to day; and ten are ten, also where the next"
        " sold as many."
    )


@check(task="what-sells", objectives=["databases.joins"])
def test_monthly_revenue_counts_each_order_once(sql, database, random):
    """Each month has its orders, copies and revenue, each counted once"""
    year = random.choice([2024, 2025])  # something was sold in each of their months
    orders, copies, revenue = defaultdict(set), defaultdict(int), defaultdict(Decimal)
    for number, month, _, quantity, money in read_sales(database, year):
        orders[month].add(number)
        copies[month] += quantity
        revenue[month] += money
    expected = [(month, len(orders[month]), copies[month], revenue[month]) for month in sorted(orders)]

    run = sql.run("monthly-revenue.sql", year=year)

    require_columns(run, "month", "orders", "copies", "revenue")
    got = Rows(run.columns, [tuple(map(as_number, row)) for row in run.rows])
    assert Rows(["month"], [row[:1] for row in got]) == [row[:1] for row in expected], (
        "Your result has other months, or has them in another order. Each month in which something was sold in"
        " that year stands there once, as a number from 1 to 12, January first."
    )
    wrong = [
        name
        for place, name in enumerate(run.columns)
        if [row[place] for row in got] != [row[place] for row in expected]
    ]
    assert got == Rows(got.columns, expected), (
        f"Your months have other values in {' and '.join(f'`{name}`' for name in wrong)}. {explain_months(wrong)}"
    )


def explain_months(wrong):
    """Say what may be wrong in these columns of a month."""
    hints = {
        "orders": "Joined to its lines, an order stands there once for each line: count each only once.",
        "copies": "A line may hold several copies: add up their numbers.",
        "revenue": "Money is what the line says, a copy's price times the number of copies, not today's price.",
    }
    sales = " Only sales count: no baskets, no cancelled orders." if len(wrong) == len(hints) else ""
    return " ".join(hints[name] for name in wrong if name in hints) + sales


@check(task="what-sells", objectives=["databases.select"])
def test_a_month_without_sales_is_left_out(sql, database, random):
    """A month in which nothing was sold is left out"""
    year, quiet = random.choice([2024, 2025]), random.randint(2, 11)
    database.execute(
        "UPDATE orders SET status = CASE mod(id, 2) WHEN 0 THEN 'basket' ELSE 'cancelled' END"
        " WHERE extract(year FROM placed_on) = %s AND extract(month FROM placed_on) = %s",
        [year, quiet],
    )

    run = sql.run("monthly-revenue.sql", year=year)

    require_columns(run, "month", "orders", "copies", "revenue")
    months = Rows(["month"], [(as_number(row[0]),) for row in run.rows])
    assert months == [(month,) for month in range(1, 13) if month != quiet], (
        "Your months are not those in which something was sold, as numbers, January first. A month with only"
        " baskets and cancelled orders is none of them; let WHERE decide which orders count before you group."
    )

"""Checks of what can be bought for a sum."""

from decimal import Decimal

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import require_columns

from checks.support import read


@check(task="on-the-shelf", objectives=["databases.select"])
def test_affordable_books_are_listed_in_order(sql, database, random):
    """What can be bought for a sum is listed, the cheapest first"""
    limit = Decimal(random.randint(12, 17)) + Decimal("0.70")  # prices of one and of two digits
    books = read(database, "books", "price", "title", "isbn", "stock")
    expected = [
        (isbn, title, price) for price, title, isbn, stock in sorted(books) if stock > 0 and price <= limit
    ]

    run = sql.run("affordable-books.sql", max_price=limit)

    require_columns(run, "isbn", "title", "price")
    assert run.rows == Rows(run.columns, expected), (
        f"Your list has {len(run.rows)} rows, and {len(expected)} books are in stock and affordable. Its readers want all"
        " of them, each once, and no other: both conditions belong into WHERE."
        if len(run.rows) != len(expected)
        else "Your list is in another order, or holds other books or values. Without ORDER BY a database may give rows in"
        " any; name price, title and isbn there, and sort prices as numbers, not as texts."
    )


@check(task="on-the-shelf", objectives=["databases.select"], hidden=True)
def test_the_price_itself_is_affordable(sql, database):
    """A book that costs exactly that much is affordable, one that is sold out is not"""
    for isbn, stock in (("9790000000003", 2), ("9790000000002", 0), ("9790000000001", 1)):
        database.execute(
            "INSERT INTO books (isbn, title, author_id, price, stock, published)"
            " VALUES (%s, 'On the border', 1, 3.33, %s, '2020-01-01')",
            [isbn, stock],
        )

    run = sql.run("affordable-books.sql", max_price=Decimal("3.33"))

    require_columns(run, "isbn", "title", "price")
    affordable = ["9790000000001", "9790000000003"]
    found = Rows(run.columns, [row for row in run.rows if str(row[0]).startswith("979")])
    assert found == Rows(run.columns, [(isbn, "On the border", Decimal("3.33")) for isbn in affordable]), (
        "Your list lacks a book that costs exactly the sum, or holds one that is sold out. `At most` includes"
        " the sum itself, and a book without a copy on the shelf cannot be bought."
        if sorted(str(row[0]) for row in found) != affordable
        else "Your list has two books of one price and one title in another order, or with other values. Such two"
        " stand by their isbn, or they would change places from day to day."
    )

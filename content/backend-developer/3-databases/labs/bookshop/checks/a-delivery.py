"""Checks of what a delivery does to the shelf."""

from datetime import date
from decimal import Decimal

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import pick_astray

from checks.support import PLACES, read


def deliver(database, random):
    """Put a delivery into arrivals; return known books with stock and copies, and the new ones."""
    books = read(database, "books", "id", "isbn", "stock")
    known = {
        isbn: (stock, random.randint(1, 30)) for _, isbn, stock in random.sample(list(books), 5)
    }
    new = [
        (f"97912345{n:05}", f"News from {place}", n, Decimal("12.50") + n, 10 + n, date(2026, 6, n))
        for n, place in enumerate(random.sample(PLACES, 3), start=1)
    ]
    for isbn, (_, copies) in known.items():
        database.execute(
            "INSERT INTO arrivals VALUES (%s, 'as printed', 1, 99.99, %s, '2026-06-01')", [isbn, copies]
        )
    for row in new:
        database.execute("INSERT INTO arrivals VALUES (%s, %s, %s, %s, %s, %s)", row)
    return known, new


@check(task="a-delivery", objectives=["databases.insert"])
def test_new_books_come_onto_the_shelf(sql, database, random):
    """Books that the shop did not know are added, and the delivery is cleared"""
    _, new = deliver(database, random)

    sql.run("receive-arrivals.sql")

    found = database.rows(
        "SELECT isbn, title, author_id, price, stock, published FROM books"
        " WHERE isbn LIKE '97912345%' ORDER BY isbn"
    )
    assert len(found) > 0, (
        "Your file added none of the new books. The shop can sell only what it knows, and an UPDATE adds no row: new books"
        " need an INSERT."
    )
    assert found == Rows(found.columns, new), (
        "Your file did not add the new books as they stand in `arrivals`. The shop can sell only what it knows:"
        " take over isbn, title, author, price and date, and the copies as the stock."
    )
    left = database.value("SELECT count(*) FROM arrivals")
    assert left == 0, (
        "Your file left rows in `arrivals`. They would be received again tomorrow; empty it when all is done."
    )


@check(task="a-delivery", objectives=["databases.insert"])
def test_known_books_gain_copies(sql, database, random):
    """Copies of known books are added to their stock, and nothing else of them changes"""
    known, _ = deliver(database, random)
    columns = ("isbn", "title", "author_id", "price", "published")
    before = read(database, "books", *columns)

    sql.run("receive-arrivals.sql")

    stock = dict(read(database, "books", "isbn", "stock"))
    delivered = ("isbn", "before", "arrived", "stock")
    found = Rows(delivered, [(isbn, had, copies, stock.get(isbn)) for isbn, (had, copies) in known.items()])
    assert found == Rows(delivered, [(isbn, had, copies, had + copies) for isbn, had, copies, _ in found]), (
        "Your file did not add the copies to the stock of known books. A row that exists already becomes what"
        " it was plus what came: neither skipped nor replaced."
    )
    theirs = {row[0] for row in before}
    after = [row for row in read(database, "books", *columns) if row[0] in theirs]
    got, wanted = pick_astray(columns, after, before)
    assert got == wanted, (
        "Your file changed more of a known book than its stock. What is printed on a parcel must not overwrite"
        " the shop's own titles and prices; set the stock alone."
    )


@check(task="a-delivery", objectives=["databases.update"])
def test_what_did_not_arrive_stays_as_it_is(sql, database, random):
    """Books that are not in the delivery stay as they are"""
    known, _ = deliver(database, random)
    columns = ("isbn", "title", "author_id", "price", "stock", "published")
    others = [row for row in read(database, "books", *columns) if row[0] not in known]

    sql.run("receive-arrivals.sql")

    theirs = {row[0] for row in others}
    found = [row for row in read(database, "books", *columns) if row[0] in theirs]
    got, wanted = pick_astray(columns, found, others)
    assert got == wanted, (
        "Your file changed or removed these books, of which nothing came. An UPDATE"
        " changes every row that its WHERE lets through; say there which books the delivery holds."
    )

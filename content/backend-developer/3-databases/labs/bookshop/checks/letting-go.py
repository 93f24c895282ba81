"""Checks of what is forgotten, and of what stays."""

from datetime import timedelta

from milepost.engine.checks import check
from milepost.engine.checks.row_sets import pick_astray

from checks.support import CUSTOMERS, FIRST_DAY, place_order, read


def choose_customer(database, random):
    """Choose somebody who has ordered, and see that they have orders of each kind and a review."""
    buyers = sorted({customer for customer, in read(database, "orders", "customer_id") if customer})
    chosen = random.choice(buyers)
    database.execute(
        "INSERT INTO reviews (book_id, customer_id, stars, written_on) VALUES (1, %s, 4, '2026-01-01')",
        [chosen],
    )
    for status in ("basket", "cancelled", "paid"):
        place_order(database, status, customer=chosen)
    return chosen


@check(task="letting-go", objectives=["databases.delete"])
def test_customer_is_forgotten(sql, database, random):
    """The customer and their reviews are gone, and nobody else's"""
    chosen = choose_customer(database, random)
    columns = ("id", "book_id", "customer_id", "stars")
    reviews = read(database, "reviews", *columns)

    sql.run("forget-customer.sql", customer_id=chosen)

    left = database.value("SELECT count(*) FROM customers WHERE id = %s", [chosen])
    assert left == 0, (
        f"Your file left customer {chosen} in `customers`. They asked to be forgotten: delete them when nothing refers to"
        " them any more. Their reviews go; their orders stay, with NULL in place of the customer."
    )
    others = [row for row in reviews if row[2] != chosen]
    found = read(database, "reviews", *columns)
    theirs = {row[0] for row in reviews} - {row[0] for row in others}
    kept = any(row[0] in theirs for row in found)
    got, wanted = pick_astray(columns, found, others)
    assert got == wanted, (
        f"Your file left reviews that customer {chosen} wrote. No foreign key tells of them, and without a name they are"
        " still what this customer wrote; delete them."
        if kept
        else "Your file removed or changed reviews that others wrote. Only this customer's go; a DELETE takes every row"
        " that its WHERE lets through, so name the customer there."
    )
    count = database.value("SELECT count(*) FROM customers")
    assert count == CUSTOMERS - 1, (
        "Your file removed more customers than one. Only one asked to be forgotten; name them in WHERE."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_orders_of_the_forgotten_stay(sql, database, random):
    """Their orders stay with all lines, without a customer"""
    chosen = choose_customer(database, random)
    orders = read(database, "orders", "id", "customer_id", "placed_on", "status")
    columns = ("order_id", "book_id", "quantity", "price")
    lines = read(database, "order_lines", *columns, order="1, 2")

    sql.run("forget-customer.sql", customer_id=chosen)

    found = read(database, "orders", "id", "customer_id", "placed_on", "status")
    expected = [
        (number, None if customer == chosen else customer, *rest) for number, customer, *rest in orders
    ]
    got, wanted = pick_astray(("order", "customer", "placed_on", "status"), found, expected)
    kept = {row[0] for row in found}
    assert got == wanted, (
        "Your file removed orders. The law wants them kept, even those of a customer who asked to be forgotten: they lose"
        " their customer, and nothing else changes."
        if any(row[0] not in kept for row in expected)
        else f"Your file left orders that name customer {chosen}. Each of theirs, whatever its status, has NULL as its customer"
        " afterwards."
        if any(row[1] == chosen for row in found)
        else "Your file changed other orders, or more of an order than its customer. Only the orders of the one who asked lose"
        " their customer, and nothing else changes."
    )
    got, wanted = pick_astray(columns, read(database, "order_lines", *columns, order="1, 2"), lines)
    assert got == wanted, (
        "Your file removed or changed lines of orders. An order without lines tells nothing; leave `order_lines` alone."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_old_baskets_are_cleared(sql, database, random):
    """Baskets from before that day go with their lines, and all else stays"""
    before = FIRST_DAY + timedelta(days=random.randint(300, 600))
    for day in (before - timedelta(days=1), before):
        place_order(database, "basket", day=day)
    orders = read(database, "orders", "id", "placed_on", "status")
    kept = [row for row in orders if row[2] != "basket" or row[1] >= before]
    numbers = {row[0] for row in kept}
    columns = ("order_id", "book_id", "quantity")
    lines = [row for row in read(database, "order_lines", *columns, order="1, 2") if row[0] in numbers]

    sql.run("clear-baskets.sql", before=before)

    found = read(database, "orders", "id", "placed_on", "status")
    got, wanted = pick_astray(("order", "placed_on", "status"), found, kept)
    assert got == wanted, (
        f"Your file left baskets that were begun before {before}. All of these go, whoever began them, or nobody."
        if {row[0] for row in found} > numbers
        else "Your file removed or changed orders that should stay. Only baskets go, and of them only those that were begun"
        f" before {before}; the day itself is not before it."
    )
    got, wanted = pick_astray(columns, read(database, "order_lines", *columns, order="1, 2"), lines)
    assert got == wanted, (
        "Your file removed or changed lines of orders that stay, or left lines of baskets that went. The lines of a basket"
        " go with it, and no others."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_baskets_go_and_not_only_from_sight(sql, database):
    """Baskets go from the table itself, not only from sight"""
    sql.run("clear-baskets.sql", before=FIRST_DAY + timedelta(days=400))

    tables = ["order_lines", "orders"]
    assert [table for table in database.tables() if table in tables] == tables, (
        "Your file put something else in the place of a table. A view that leaves rows out only hides them: they"
        " are kept, and a look into the table finds them. What should go is deleted."
    )

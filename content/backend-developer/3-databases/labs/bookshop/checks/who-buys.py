"""Checks of the customers of a city."""

from collections import defaultdict
from decimal import Decimal

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import are_same_rows, as_number, require_columns

from checks.support import CITIES, SALES, place_order, read


@check(task="who-buys", objectives=["databases.joins"])
def test_every_customer_of_the_city_is_listed(sql, database, random):
    """Every customer of a city is listed, also those who never bought"""
    city = random.choice(CITIES)
    emails = dict(database.rows("SELECT id, email FROM customers WHERE city = %s", [city], shown=False))
    bought = {
        number: customer
        for number, customer, status in read(database, "orders", "id", "customer_id", "status")
        if status in SALES and customer in emails
    }
    orders, spent = defaultdict(int), defaultdict(Decimal)
    for customer in bought.values():
        orders[customer] += 1
    for number, quantity, price in read(database, "order_lines", "order_id", "quantity", "price"):
        if number in bought:
            spent[bought[number]] += quantity * price
    ranked = sorted(emails, key=lambda customer: (-spent[customer], emails[customer]))
    expected = [(emails[customer], orders[customer], spent[customer]) for customer in ranked]

    run = sql.run("customers-of-a-city.sql", city=city)

    require_columns(run, "email", "orders", "spent")
    listed = {str(row[0]) for row in run.rows}
    assert Rows(run.columns, [row for row in expected if row[0] in listed]) == Rows(run.columns, expected), (
        "Your list lacks customers who live there. Those who never bought have no partner in `orders`, and a condition"
        " on the orders in WHERE throws them out again; it belongs to the join."
    )
    got = Rows(run.columns, [(email, orders, as_number(spent)) for email, orders, spent in run.rows])
    assert got == Rows(got.columns, expected), explain_customers(got, expected)


def explain_customers(found, expected):
    """Say in what a list of customers differs that lacks none of them."""
    if len(found) > len(expected):
        return (
            "Your list has rows too many. Each customer of that city stands there once, whatever they ordered; group by"
            " what makes a customer that customer."
        )
    if are_same_rows(found, expected):
        return "Your list is in another order. The one who spent most comes first, and equals stand by email."
    if any(None in row for row in found):
        return (
            "Your list has NULL where a number belongs. Those who never bought have no rows to add up, and a sum of none is"
            " NULL; they have 0 and 0, so say what stands in its place."
        )
    return (
        "Your list has other numbers. Only sales count: a cancelled order and a basket are neither orders nor money. Each"
        " order counts once, however many lines it has, and what was spent is a line's price times its copies."
    )


@check(task="who-buys", objectives=["databases.joins"])
def test_who_ordered_and_never_bought_is_listed(sql, database, random):
    """Customers with only cancelled orders, or a basket, are listed with 0"""
    stories = [["cancelled"], ["basket"], ["cancelled", "basket", "cancelled"], ["cancelled", "paid"]]
    numbers = random.sample(range(10_000, 99_999), len(stories))
    emails = [f"reader{number}@tarnwick.example" for number in numbers]
    for email, statuses in zip(emails, stories, strict=True):
        customer = database.value(
            "INSERT INTO customers (name, email, city) VALUES ('Vera Lund', %s, 'Tarnwick') RETURNING id",
            [email],
        )
        for status in statuses:
            place_order(database, status, customer=customer)

    run = sql.run("customers-of-a-city.sql", city="Tarnwick")

    require_columns(run, "email", "orders", "spent")
    expected = [(emails[3], 1, 5), *((email, 0, 0) for email in sorted(emails[:3]))]
    got = Rows(run.columns, [(email, orders, as_number(spent)) for email, orders, spent in run.rows])
    listed = {str(row[0]) for row in run.rows}
    assert Rows(run.columns, [row for row in expected if row[0] in listed]) == Rows(run.columns, expected), (
        "Your list lacks customers who ordered and never bought. They have orders, so they are not without a"
        " partner; but none of these is a sale. Let the join take sales only, and they stay, with nothing joined."
    )
    assert got == Rows(got.columns, expected), explain_customers(got, expected)

"""Checks of the bookshop. Its data is made up from a seed; answers are counted here in Python.

What a question must lead to is worked out from the plain rows of the tables, never by other SQL.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from milepost.engine.checks import Rows, check

ORDERS = 50_000
CUSTOMERS = 4_000
BOOKS = 900
AUTHORS = 300
REVIEWS = 6_000
FIRST_DAY = date(2024, 1, 1)
DAYS = 912  # to the end of June 2026
SALES = ("paid", "shipped")
CITIES = ["Aldermoor", "Brinkholt", "Carrowby", "Dunsel", "Eastmere", "Farrow", "Garnstead", "Hollin"]
COUNTRIES = ["Norway", "Kenya", "Chile", "Japan", "Scotland", "Poland", "India", "Canada"]
FIRST = "Ada Bram Cleo Dirk Elin Faro Gita Hugo Ines Jens Kaja Lior Mona Nils Odette Piet Runa Sami".split()
LAST = "Aske Brandt Calder Doyle Ekman Finch Grove Hale Irving Jonas Krog Lund Marsh Noor Okafor".split()
THINGS = "Lantern Harbour Orchard Winter Compass Mirror River Garden Clock Letter Bridge Island".split()
PLACES = "Halden Morrow Tarn Vesper Quill Ashby Corran Selwick Dray Linden Orrin Wold Fenn Hythe".split()
FORMS = ["The {thing} of {place}", "{a} {thing} in {place}", "{place}, or the {thing}"]


def seed(connection, random):
    """Fill the shop."""
    authors = [
        (n, f"{random.choice(FIRST)} {random.choice(LAST)}", COUNTRIES[n % len(COUNTRIES)])
        for n in range(1, AUTHORS + 1)
    ]
    books = make_books(random)
    customers = [
        (n, f"{random.choice(FIRST)} {random.choice(LAST)}", f"reader{n}@post.example", random.choice(CITIES))
        for n in range(1, CUSTOMERS + 1)
    ]
    orders, lines = make_orders(random, books)
    for table, rows in (
        ("authors", authors),
        ("books", books),
        ("customers", customers),
        ("orders", orders),
        ("order_lines", lines),
        ("reviews", make_reviews(random)),
    ):
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if table != "order_lines":
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def make_books(random):
    """Make up books, each with a title of its own."""
    titles = [
        form.format(a="An" if thing[0] in "AEIOU" else "A", thing=thing, place=place)
        for form in FORMS
        for thing in THINGS
        for place in PLACES
    ]
    numbered = [f"{title} {number}" for number in ("II", "III") for title in titles]
    chosen = random.sample(titles + numbered, BOOKS)
    return [
        (
            n,
            make_isbn(n, random),
            title,
            random.randint(1, AUTHORS),
            Decimal(random.randint(4, 48)) + Decimal(random.choice(["0.00", "0.50", "0.90", "0.95", "0.99"])),
            0 if random.random() < 0.15 else random.randint(1, 60),
            FIRST_DAY - timedelta(days=random.randint(30, 9000)),
        )
        for n, title in enumerate(chosen, start=1)
    ]


def make_isbn(number, random):
    """Make up an ISBN that no other book has."""
    return f"978{random.randint(10_000, 99_999)}{number:05}"


def make_orders(random, books):
    """Make up orders with their lines. Some books sell far better, and one customer in twelve never buys."""
    numbers = [book[0] for book in books]
    weights = [random.paretovariate(1.1) for _ in books]
    picks = iter(random.choices(numbers, weights, k=3 * ORDERS))
    buyers = random.sample(range(1, CUSTOMERS + 1), CUSTOMERS * 11 // 12)
    statuses = random.choices(["basket", "paid", "shipped", "cancelled"], [9, 13, 68, 10], k=ORDERS)
    prices = {book[0]: book[4] for book in books}
    orders, lines = [], []
    for n, status in enumerate(statuses, start=1):
        buyer = None if random.random() < 0.01 else random.choice(buyers)
        orders.append((n, buyer, FIRST_DAY + timedelta(days=random.randrange(DAYS)), status))
        for book in sorted({next(picks) for _ in range(random.choice([1, 1, 2, 2, 3]))}):
            paid = prices[book] - (Decimal("0.40") if random.random() < 0.3 else 0)
            lines.append((n, book, random.choice([1, 1, 1, 2, 3]), paid))
    return orders, lines


def make_reviews(random):
    """Make up reviews, some of them wrong in each of the ways that the brief names."""
    rows, pairs = [], []
    for n in range(1, REVIEWS + 1):
        book, customer = random.randint(1, BOOKS), random.randint(1, CUSTOMERS)
        stars = random.choice([1, 2, 3, 3, 4, 4, 4, 5, 5])
        luck = random.random()
        if luck < 0.03:
            stars = random.choice([0, 6, 10])
        elif luck < 0.06:
            book = BOOKS + random.randint(1, 50)
        elif luck < 0.12:
            customer = None
        elif luck < 0.18 and pairs:
            book, customer = random.choice(pairs)
            stars = stars if random.random() < 0.75 else 0  # then an older one is the last that counts
        pairs.append((book, customer))
        rows.append((n, book, customer, stars, FIRST_DAY + timedelta(days=random.randrange(DAYS))))
    return rows


def place_order(postgres, status, *, customer=None, day="2026-05-05", book=1, quantity=1):
    """Write down an order of one line, in which a copy costs 5."""
    order = postgres.value(
        "INSERT INTO orders (customer_id, placed_on, status) VALUES (%s, %s, %s) RETURNING id",
        [customer, day, status],
    )
    postgres.execute("INSERT INTO order_lines VALUES (%s, %s, %s, 5)", [order, book, quantity])


def read(postgres, table, *columns, order="1"):
    """Read a whole table, without showing it."""
    names = ", ".join(columns)
    return list(postgres.rows(f"SELECT {names} FROM {table} ORDER BY {order}", shown=False))


def read_sales(postgres, year):
    """Read the lines of all sales of a year: order, month, book, quantity, money."""
    sold = {
        number: placed.month
        for number, placed, status in read(postgres, "orders", "id", "placed_on", "status")
        if placed.year == year and status in SALES
    }
    lines = read(postgres, "order_lines", "order_id", "book_id", "quantity", "price")
    return [
        (number, sold[number], book, quantity, quantity * price)
        for number, book, quantity, price in lines
        if number in sold
    ]


def cents(amount):
    """Round to cents, as money is rounded."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def require_columns(run, *names):
    """See that a result has the columns that were agreed, in their order."""
    absent = [name for name in names if name not in run.columns]
    assert not absent, (
        f"`{absent[0]}` is missing from the columns of your result. Programs that read it find columns by their"
        " names; give each the name that stands in the brief, with AS where it needs one."
    )
    assert run.columns == names, (
        "Your result has more columns than were agreed, or has them in another order. Programs that read it"
        " by place would take one for another; name exactly those of the brief after SELECT."
    )


def pick_astray(columns, found, expected):
    """Pick the rows of a dozen keys that differ, the key first: as they are, and as they should be."""
    if found == expected:
        return Rows(columns), Rows(columns)
    here, there = Counter(map(repr, found)), Counter(map(repr, expected))
    differing = (here - there) | (there - here)
    keys = sorted({repr(row[0]) for row in (*found, *expected) if repr(row) in differing})[:12]
    got = Rows(columns, [row for row in found if repr(row[0]) in keys])
    wanted = Rows(columns, [row for row in expected if repr(row[0]) in keys])
    return (got, wanted) if got != wanted else (Rows(columns, found), Rows(columns, expected))


def as_number(value):
    """Read a number that came as another type of number; leave alone what is none, a text of digits too."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return Decimal(value) if is_number else value


# On the shelf


@check(task="on-the-shelf", objectives=["databases.select"])
def test_affordable_books_are_listed_in_order(sql, postgres, random):
    """What can be bought for a sum is listed, the cheapest first"""
    limit = Decimal(random.randint(12, 17)) + Decimal("0.70")  # prices of one and of two digits
    books = read(postgres, "books", "price", "title", "isbn", "stock")
    expected = [
        (isbn, title, price) for price, title, isbn, stock in sorted(books) if stock > 0 and price <= limit
    ]

    run = sql.run("affordable-books.sql", max_price=limit)

    require_columns(run, "isbn", "title", "price")
    assert run.rows == Rows(run.columns, expected), (
        "Your list has too many books, or too few. Its readers want all that are in stock and affordable,"
        " and no other: both conditions belong into WHERE."
        if len(run.rows) != len(expected)
        else "Your list is in another order, or holds other values. Without ORDER BY a database may give rows in"
        " any; name price, title and isbn there, and sort prices as numbers, not as texts."
    )


@check(task="on-the-shelf", objectives=["databases.select"], hidden=True)
def test_the_price_itself_is_affordable(sql, postgres):
    """A book that costs exactly that much is affordable, one that is sold out is not"""
    for isbn, stock in (("9790000000003", 2), ("9790000000002", 0), ("9790000000001", 1)):
        postgres.execute(
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


# What sells


@check(task="what-sells", objectives=["databases.joins", "databases.select"])
def test_best_sellers_are_ranked(sql, postgres, random):
    """The ten best sellers of a year are ranked by the copies that were sold"""
    year = random.choice([2024, 2025])
    copies = defaultdict(int)
    for _, _, book, quantity, _ in read_sales(postgres, year):
        copies[book] += quantity
    authors = dict(read(postgres, "authors", "id", "name"))
    books = {row[0]: row[1:] for row in read(postgres, "books", "id", "isbn", "title", "author_id")}
    tie_the_tenth(postgres, copies, f"{year}-05-05")
    ranked = sorted(copies, key=lambda book: (-copies[book], books[book][0]))[:10]
    expected = [
        (books[book][0], books[book][1], authors[books[book][2]], copies[book]) for book in ranked
    ]
    postgres.execute("UPDATE books SET stock = 0 WHERE isbn = %s", [expected[0][0]])  # has sold all the same

    run = sql.run("best-sellers.sql", year=year)

    require_columns(run, "isbn", "title", "author", "copies")
    assert run.rows == Rows(run.columns, expected), (
        "Your ten best sellers are others, or in another order, or their copies are counted differently. Only"
        " what was sold in that year counts: no baskets, no cancelled orders. And a line may hold several copies."
    )


def tie_the_tenth(postgres, copies, day):
    """Sell the eleventh book until it has as many copies as the tenth."""
    tenth, eleventh = sorted(copies, key=copies.get, reverse=True)[9:11]
    missing = copies[tenth] - copies[eleventh]
    if missing:
        place_order(postgres, "paid", day=day, book=eleventh, quantity=missing)
        copies[eleventh] += missing


@check(task="what-sells", objectives=["databases.joins"])
def test_books_of_one_title_stay_apart(sql, postgres, random):
    """Two books of the same title are two books"""
    poems = [(f"97900000000{number}", 90_001 if number == 11 else 90_000) for number in range(11, 23)]
    for isbn, quantity in random.sample(poems, len(poems)):
        book = postgres.value(
            "INSERT INTO books (isbn, title, author_id, price, stock, published)"
            " VALUES (%s, 'Poems', 1, 5, 1, '2020-01-01') RETURNING id",
            [isbn],
        )
        place_order(postgres, "paid", day="2025-05-05", book=book, quantity=quantity)

    run = sql.run("best-sellers.sql", year=2025)

    require_columns(run, "isbn", "title", "author", "copies")
    found = Rows(("isbn", "copies"), [(row[0], row[3]) for row in run.rows])
    assert Rows(found.columns, [row for row in found if row not in poems]) == [], (
        "Your list holds something else than the books called `Poems`, each with its own copies. Grouped by title"
        " they sell as one; what makes a book itself is its key, so group by that."
    )
    assert found == poems[:10], (
        "Your list does not hold the first ten of twelve books, of which eleven sold equally well. Such books"
        " stand by their isbn, or they would change places from day to day; and ten are ten, also where the next"
        " sold as many."
    )


@check(task="what-sells", objectives=["databases.joins"])
def test_monthly_revenue_counts_each_order_once(sql, postgres, random):
    """Each month has its orders, copies and revenue, each counted once"""
    year = random.choice([2024, 2025])  # something was sold in each of their months
    orders, copies, revenue = defaultdict(set), defaultdict(int), defaultdict(Decimal)
    for number, month, _, quantity, money in read_sales(postgres, year):
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
    assert got == Rows(got.columns, expected), (
        "Your months have other orders, copies or revenue. Joined to its lines, an order stands there once"
        " for each line: count each only once. And money is what the line says, not today's price."
    )


@check(task="what-sells", objectives=["databases.select"])
def test_a_month_without_sales_is_left_out(sql, postgres, random):
    """A month in which nothing was sold is left out"""
    year, quiet = random.choice([2024, 2025]), random.randint(2, 11)
    postgres.execute(
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


# Who buys


@check(task="who-buys", objectives=["databases.joins"])
def test_every_customer_of_the_city_is_listed(sql, postgres, random):
    """Every customer of a city is listed, also those who never bought"""
    city = random.choice(CITIES)
    emails = dict(postgres.rows("SELECT id, email FROM customers WHERE city = %s", [city], shown=False))
    bought = {
        number: customer
        for number, customer, status in read(postgres, "orders", "id", "customer_id", "status")
        if status in SALES and customer in emails
    }
    orders, spent = defaultdict(int), defaultdict(Decimal)
    for customer in bought.values():
        orders[customer] += 1
    for number, quantity, price in read(postgres, "order_lines", "order_id", "quantity", "price"):
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
    assert got == Rows(got.columns, expected), (
        "Your list has other numbers, another order, or rows too many. Each customer stands there once; only"
        " sales count, each order once; and those who never bought have 0 and 0, not NULL."
    )


@check(task="who-buys", objectives=["databases.joins"])
def test_who_ordered_and_never_bought_is_listed(sql, postgres, random):
    """Customers with only cancelled orders, or a basket, are listed with 0"""
    stories = [["cancelled"], ["basket"], ["cancelled", "basket", "cancelled"], ["cancelled", "paid"]]
    numbers = random.sample(range(10_000, 99_999), len(stories))
    emails = [f"reader{number}@tarnwick.example" for number in numbers]
    for email, statuses in zip(emails, stories, strict=True):
        customer = postgres.value(
            "INSERT INTO customers (name, email, city) VALUES ('Vera Lund', %s, 'Tarnwick') RETURNING id",
            [email],
        )
        for status in statuses:
            place_order(postgres, status, customer=customer)

    run = sql.run("customers-of-a-city.sql", city="Tarnwick")

    require_columns(run, "email", "orders", "spent")
    expected = [(emails[3], 1, 5), *((email, 0, 0) for email in sorted(emails[:3]))]
    got = Rows(run.columns, [(email, orders, as_number(spent)) for email, orders, spent in run.rows])
    listed = {str(row[0]) for row in run.rows}
    assert Rows(run.columns, [row for row in expected if row[0] in listed]) == Rows(run.columns, expected), (
        "Your list lacks customers who ordered and never bought. They have orders, so they are not without a"
        " partner; but none of these is a sale. Let the join take sales only, and they stay, with nothing joined."
    )
    assert got == Rows(got.columns, expected), (
        "Your list has other numbers, another order, or rows too many. A cancelled order and a basket count for"
        " nothing, neither as orders nor as money, and each customer stands there once."
    )


# A delivery


def deliver(postgres, random):
    """Put a delivery into arrivals; return known books with stock and copies, and the new ones."""
    books = read(postgres, "books", "id", "isbn", "stock")
    known = {
        isbn: (stock, random.randint(1, 30)) for _, isbn, stock in random.sample(list(books), 5)
    }
    new = [
        (f"97912345{n:05}", f"News from {place}", n, Decimal("12.50") + n, 10 + n, date(2026, 6, n))
        for n, place in enumerate(random.sample(PLACES, 3), start=1)
    ]
    for isbn, (_, copies) in known.items():
        postgres.execute(
            "INSERT INTO arrivals VALUES (%s, 'as printed', 1, 99.99, %s, '2026-06-01')", [isbn, copies]
        )
    for row in new:
        postgres.execute("INSERT INTO arrivals VALUES (%s, %s, %s, %s, %s, %s)", row)
    return known, new


@check(task="a-delivery", objectives=["databases.insert"])
def test_new_books_come_onto_the_shelf(sql, postgres, random):
    """Books that the shop did not know are added, and the delivery is cleared"""
    _, new = deliver(postgres, random)

    sql.run("receive-arrivals.sql")

    found = postgres.rows(
        "SELECT isbn, title, author_id, price, stock, published FROM books"
        " WHERE isbn LIKE '97912345%' ORDER BY isbn"
    )
    assert found == Rows(found.columns, new), (
        "Your file did not add the new books as they stand in `arrivals`. The shop can sell only what it knows:"
        " take over isbn, title, author, price and date, and the copies as the stock."
    )
    left = postgres.value("SELECT count(*) FROM arrivals")
    assert left == 0, (
        "Your file left rows in `arrivals`. They would be received again tomorrow; empty it when all is done."
    )


@check(task="a-delivery", objectives=["databases.insert"])
def test_known_books_gain_copies(sql, postgres, random):
    """Copies of known books are added to their stock, and nothing else of them changes"""
    known, _ = deliver(postgres, random)
    columns = ("isbn", "title", "author_id", "price", "published")
    before = read(postgres, "books", *columns)

    sql.run("receive-arrivals.sql")

    stock = dict(read(postgres, "books", "isbn", "stock"))
    delivered = ("isbn", "before", "arrived", "stock")
    found = Rows(delivered, [(isbn, had, copies, stock.get(isbn)) for isbn, (had, copies) in known.items()])
    assert found == Rows(delivered, [(isbn, had, copies, had + copies) for isbn, had, copies, _ in found]), (
        "Your file did not add the copies to the stock of known books. A row that exists already becomes what"
        " it was plus what came: neither skipped nor replaced."
    )
    theirs = {row[0] for row in before}
    after = [row for row in read(postgres, "books", *columns) if row[0] in theirs]
    got, wanted = pick_astray(columns, after, before)
    assert got == wanted, (
        "Your file changed more of a known book than its stock. What is printed on a parcel must not overwrite"
        " the shop's own titles and prices; set the stock alone."
    )


@check(task="a-delivery", objectives=["databases.update"])
def test_what_did_not_arrive_stays_as_it_is(sql, postgres, random):
    """Books that are not in the delivery stay as they are"""
    known, _ = deliver(postgres, random)
    columns = ("isbn", "title", "author_id", "price", "stock", "published")
    others = [row for row in read(postgres, "books", *columns) if row[0] not in known]

    sql.run("receive-arrivals.sql")

    theirs = {row[0] for row in others}
    found = [row for row in read(postgres, "books", *columns) if row[0] in theirs]
    got, wanted = pick_astray(columns, found, others)
    assert got == wanted, (
        "Your file changed these books, of which nothing came. An UPDATE"
        " changes every row that its WHERE lets through; say there which books the delivery holds."
    )


# New prices


@check(task="new-prices", objectives=["databases.update"])
def test_prices_of_the_country_rise(sql, postgres, random):
    """Books from that country cost so many percent more"""
    country, percent = random.choice(COUNTRIES), random.choice([3, 5, 6, 7, 9, 11, 13, 15])
    books = [isbn for isbn, _ in read_prices_of(postgres, country)]
    for isbn, price in zip(books, find_edges(percent), strict=False):
        postgres.execute("UPDATE books SET price = %s WHERE isbn = %s", [price, isbn])
    old = read_prices_of(postgres, country)

    sql.run("raise-prices.sql", country=country, percent=percent)

    before = dict(old)
    new = [(isbn, before.get(isbn), price) for isbn, price in read_prices_of(postgres, country)]
    expected = [(isbn, price, cents(price * (100 + percent) / 100)) for isbn, price in old]
    got, wanted = pick_astray(("isbn", "before", "price"), new, expected)
    assert got == wanted, (
        f"Your file did not raise these prices by {percent} percent, to the cent. In"
        " SQL 7 / 100 is 0, a whole number: multiply first, divide by 100 last, then round."
    )


@check(task="new-prices", objectives=["databases.update"])
def test_other_prices_stay(sql, postgres, random):
    """No other book changes"""
    country = random.choice(COUNTRIES)
    columns = ("isbn", "title", "author_id", "price", "stock", "published")
    mine = {isbn for isbn, _ in read_prices_of(postgres, country)}
    before = [row for row in read(postgres, "books", *columns) if row[0] not in mine]

    sql.run("raise-prices.sql", country=country, percent=10)

    after = [row for row in read(postgres, "books", *columns) if row[0] not in mine]
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


def read_prices_of(postgres, country):
    """Read the prices of a country's books."""
    authors = {number for number, home in read(postgres, "authors", "id", "country") if home == country}
    books = read(postgres, "books", "isbn", "author_id", "price")
    return [(isbn, price) for isbn, author, price in books if author in authors]


# Letting go


def choose_customer(postgres, random):
    """Choose somebody who has ordered, and see that they have orders of each kind and a review."""
    buyers = sorted({customer for customer, in read(postgres, "orders", "customer_id") if customer})
    chosen = random.choice(buyers)
    postgres.execute(
        "INSERT INTO reviews (book_id, customer_id, stars, written_on) VALUES (1, %s, 4, '2026-01-01')",
        [chosen],
    )
    for status in ("basket", "cancelled", "paid"):
        place_order(postgres, status, customer=chosen)
    return chosen


@check(task="letting-go", objectives=["databases.delete"])
def test_customer_is_forgotten(sql, postgres, random):
    """The customer and their reviews are gone, and nobody else's"""
    chosen = choose_customer(postgres, random)
    columns = ("id", "book_id", "customer_id", "stars")
    reviews = read(postgres, "reviews", *columns)

    sql.run("forget-customer.sql", customer_id=chosen)

    left = postgres.value("SELECT count(*) FROM customers WHERE id = %s", [chosen])
    assert left == 0, (
        "Your file left the customer in `customers`. They asked to be forgotten; remove what refers to them"
        " first, then them."
    )
    others = [row for row in reviews if row[2] != chosen]
    got, wanted = pick_astray(columns, read(postgres, "reviews", *columns), others)
    assert got == wanted, (
        f"Your file left reviews of customer {chosen}, or removed or changed others. Theirs go, since they tell who"
        " wrote them; all others stay as they were."
    )
    count = postgres.value("SELECT count(*) FROM customers")
    assert count == CUSTOMERS - 1, (
        "Your file removed more customers than one. Only one asked to be forgotten; name them in WHERE."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_orders_of_the_forgotten_stay(sql, postgres, random):
    """Their orders stay with all lines, without a customer"""
    chosen = choose_customer(postgres, random)
    orders = read(postgres, "orders", "id", "customer_id", "placed_on", "status")
    columns = ("order_id", "book_id", "quantity", "price")
    lines = read(postgres, "order_lines", *columns, order="1, 2")

    sql.run("forget-customer.sql", customer_id=chosen)

    found = read(postgres, "orders", "id", "customer_id", "placed_on", "status")
    expected = [
        (number, None if customer == chosen else customer, *rest) for number, customer, *rest in orders
    ]
    got, wanted = pick_astray(("order", "customer", "placed_on", "status"), found, expected)
    assert got == wanted, (
        "Your file removed orders, or changed more than their customer. The law wants orders kept, even those of"
        " a customer who asked to be forgotten: they lose their customer, and nothing else changes."
    )
    got, wanted = pick_astray(columns, read(postgres, "order_lines", *columns, order="1, 2"), lines)
    assert got == wanted, (
        "Your file removed or changed lines of orders. An order without lines tells nothing; leave `order_lines` alone."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_old_baskets_are_cleared(sql, postgres, random):
    """Baskets from before that day go with their lines, and all else stays"""
    before = FIRST_DAY + timedelta(days=random.randint(300, 600))
    for day in (before - timedelta(days=1), before):
        place_order(postgres, "basket", day=day)
    orders = read(postgres, "orders", "id", "placed_on", "status")
    kept = [row for row in orders if row[2] != "basket" or row[1] >= before]
    numbers = {row[0] for row in kept}
    columns = ("order_id", "book_id", "quantity")
    lines = [row for row in read(postgres, "order_lines", *columns, order="1, 2") if row[0] in numbers]

    sql.run("clear-baskets.sql", before=before)

    found = read(postgres, "orders", "id", "placed_on", "status")
    got, wanted = pick_astray(("order", "placed_on", "status"), found, kept)
    assert got == wanted, (
        "Your file left orders that should go, or removed some that should stay. All baskets that"
        " were begun before that day go, and nothing else; the day itself is not before it."
    )
    got, wanted = pick_astray(columns, read(postgres, "order_lines", *columns, order="1, 2"), lines)
    assert got == wanted, (
        "Your file removed too many lines, or too few. The lines of a basket go with it, and no others."
    )


@check(task="letting-go", objectives=["databases.delete"])
def test_baskets_go_and_not_only_from_sight(sql, postgres):
    """Baskets go from the table itself, not only from sight"""
    sql.run("clear-baskets.sql", before=FIRST_DAY + timedelta(days=400))

    tables = ["order_lines", "orders"]
    found = postgres.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY (%s) ORDER BY 1", [tables]
    )
    assert found == Rows(found.columns, [(table,) for table in tables]), (
        "Your file put something else in the place of a table. A view that leaves rows out only hides them: they"
        " are kept, and a look into the table finds them. What should go is deleted."
    )


# Rules


@check(task="rules", objectives=["databases.constraints", "databases.delete"])
def test_reviews_are_cleaned_up(sql, postgres):
    """Wrong reviews are gone, and every right one is still there"""
    newest = {}
    for number, book, customer, stars in read(postgres, "reviews", "id", "book_id", "customer_id", "stars"):
        if 1 <= stars <= 5 and book <= BOOKS:
            newest[number if customer is None else (book, customer)] = (number, book, customer, stars)
    expected = sorted(newest.values())

    sql.run("guard-reviews.sql")

    found = read(postgres, "reviews", "id", "book_id", "customer_id", "stars")
    got, wanted = pick_astray(("review", "book", "customer", "stars"), found, expected)
    assert got == wanted, (
        "Your file left reviews that should go, or removed some that should stay. First the wrong"
        " ones go; then, of several of one book by one customer, the one with the highest id stays. Anonymous"
        " ones are nobody's, so none of them is a second one."
    )


@check(task="rules", objectives=["databases.constraints"])
def test_wrong_reviews_are_refused(sql, postgres):
    """A wrong review is refused by the database, no matter which program writes it"""
    sql.run("guard-reviews.sql")

    written = postgres.rows(
        "SELECT book_id, customer_id, CASE stars WHEN 3 THEN 4 ELSE 3 END FROM reviews"
        " WHERE customer_id > 0 AND written_on < '2026-06-30' LIMIT 1"
    )
    assert written != [], (
        "Your file left no review by a customer. Only wrong ones and double ones go; look at what your conditions"
        " let through before you delete."
    )
    wrong = {
        "no stars": (1, None, 0),
        "six stars": (1, None, 6),
        "stars unknown": (1, None, None),
        "a book that does not exist": (BOOKS + 99, None, 3),
        "no book": (None, None, 3),
        "a second review of one book": written[0],
    }
    for what, row in wrong.items():
        assert not is_accepted(postgres, row), (
            f"Your table still accepts a wrong review: {what}. Programs come and go, and each forgets a rule some day;"
            " what the table itself refuses can never be in it, so give it a constraint for each rule of the brief."
        )


@check(task="rules", objectives=["databases.constraints"])
def test_a_review_stays_right_when_it_is_changed(sql, postgres):
    """A right review can't be changed into a wrong one"""
    sql.run("guard-reviews.sql")

    assert is_change_accepted(postgres, "stars = 4"), (
        "Your table refuses to change a review to four stars, which leaves it right. A rule that refuses what is"
        " right will be taken away again; look at which constraint goes too far."
    )
    wrong = ["stars = 0", "stars = 6", "stars = NULL", f"book_id = {BOOKS + 99}", "book_id = NULL"]
    for change in wrong:
        assert not is_change_accepted(postgres, change), (
            f"Your table accepts a change that makes a right review wrong: `SET {change}`. A rule that looks only at"
            " new rows is left behind by the first UPDATE; a constraint looks at every write."
        )


@check(task="rules", objectives=["databases.constraints"], hidden=True)
def test_right_reviews_are_accepted(sql, postgres):
    """A right review is accepted, an anonymous one too"""
    sql.run("guard-reviews.sql")

    pairs = postgres.rows(
        "SELECT b.id, c.id FROM books b CROSS JOIN customers c WHERE NOT EXISTS"
        " (SELECT FROM reviews r WHERE r.book_id = b.id AND r.customer_id = c.id) LIMIT 1",
        shown=False,
    )
    assert pairs != [], (
        "Your file left no book, or no customer, of whom there could be a review. Only reviews go; look at"
        " which table each DELETE names."
    )
    book, customer = pairs[0]
    right = {
        "one star": (book, customer, 1),
        "five stars": (book, None, 5),
        "another anonymous one": (book, None, 2),
    }
    for what, row in right.items():
        assert is_accepted(postgres, row), (
            f"Your table refuses a right review: {what}. A rule that refuses what is right will be taken away again,"
            " with all the others; look at which constraint goes too far."
        )


def is_change_accepted(postgres, change):
    """Try to change the first review; tell whether the database took it."""
    return postgres.accepts(f"UPDATE reviews SET {change} WHERE id = (SELECT min(id) FROM reviews)")


def is_accepted(postgres, row):
    """Try to write a review; tell whether the database took it."""
    return postgres.accepts(
        "INSERT INTO reviews (book_id, customer_id, stars, written_on) VALUES (%s, %s, %s, '2026-06-30')", row
    )

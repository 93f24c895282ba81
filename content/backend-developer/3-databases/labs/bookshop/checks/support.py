"""What checks of several tasks use: the shop, filled from a seed, and how it is read.

What a question must lead to is worked out in Python from the plain rows of the tables, never by other SQL.
"""

from datetime import date, timedelta
from decimal import Decimal

ORDERS = 50_000
CUSTOMERS = 4_000
BOOKS = 900
AUTHORS = 300
REVIEWS = 6_000
FIRST_DAY = date(2024, 1, 1)
BATCH = 500  # rows of one statement
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
        for start in range(0, len(rows), BATCH):
            write(connection, table, rows[start : start + BATCH])
        # MariaDB goes on behind the highest id by itself.
        if table != "order_lines" and "PostgreSQL" in connection.execute("SELECT version()").fetchone()[0]:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def write(connection, table, rows):
    """Write rows with one statement, which is many times as fast as one for each."""
    marks = ", ".join(["%s"] * len(rows[0]))
    places = ", ".join([f"({marks})"] * len(rows))
    connection.execute(f"INSERT INTO {table} VALUES {places}", [value for row in rows for value in row])


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


def place_order(database, status, *, customer=None, day="2026-05-05", book=1, quantity=1):
    """Write down an order of one line, in which a copy costs 5."""
    order = database.value(
        "INSERT INTO orders (customer_id, placed_on, status) VALUES (%s, %s, %s) RETURNING id",
        [customer, day, status],
    )
    database.execute("INSERT INTO order_lines VALUES (%s, %s, %s, 5)", [order, book, quantity])


def read(database, table, *columns, order="1"):
    """Read a whole table, without showing it."""
    names = ", ".join(columns)
    return list(database.rows(f"SELECT {names} FROM {table} ORDER BY {order}", shown=False))

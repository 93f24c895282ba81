"""What checks of several tasks use: the parcel service, filled from a seed, and how little a question may read.

Rows and pages are counted by PostgreSQL while it runs the question; no clock decides anything.
"""

from datetime import datetime, timedelta

SENDERS = 4_000
PARCELS = 15_000
SCANS = 40_000
BEGINNING = datetime(2024, 6, 1)
DEPOTS = "Aldermoor Brinkholt Carrowby Dunsel Eastmere Farrow Garnstead Hollin Ivelet Kirkby".split()
CLOSED = "Marlhouse"  # gave up after a fifth of the time
MORE_ROWS = 5
MORE_PAGES = 12  # the way down through an index, and what of it lies on several pages

# The tables are large, so PostgreSQL makes up their rows itself, from random numbers that follow from the seed.
FILL = [
    "INSERT INTO senders SELECT n, 'Sender ' || n, 'Post' || n || '@Sender' || n % 90 || '.Example'"
    f" FROM generate_series(1, {SENDERS}) n",
    "INSERT INTO parcels SELECT n, 'KX' || lpad((n * 7919 % 1000003)::text, 7, '0'), 1 + floor(random() * {senders}),"
    " CASE WHEN luck < 0.003 THEN 'held' WHEN luck < 0.02 THEN 'returned' WHEN luck < 0.07 THEN 'sent' ELSE 'delivered' END,"
    " 100 + floor(random() * 9000), '{beginning}'::timestamp + n * interval '1 hour'"
    " FROM (SELECT n, random() AS luck FROM generate_series(1, {parcels}) n) numbers",
    "INSERT INTO scans SELECT n, 1 + (n / 3 + floor(random() * 40))::integer % {parcels},"
    " CASE WHEN n < {scans} / 5 AND random() < 0.06 THEN '{closed}'"
    " ELSE (ARRAY{depots})[1 + floor(random() * 10)] END,"
    " (ARRAY['in', 'sorted', 'out'])[1 + floor(random() * 3)],"
    " '{beginning}'::timestamp + n * interval '25 minutes' + floor(random() * 1200) * interval '1 second'"
    " FROM generate_series(1, {scans}) n",
]


def seed(connection, random):
    """Fill the tables."""
    connection.execute("SELECT setseed(%s)", [random.random()])
    for statement in FILL:
        connection.execute(
            statement.format(
                senders=SENDERS,
                parcels=PARCELS,
                scans=SCANS,
                beginning=BEGINNING,
                closed=CLOSED,
                depots=DEPOTS,
            )
        )


def pick_parcel(postgres, random):
    """Pick a parcel that was scanned; return its id, code and sender."""
    number = random.randint(50, SCANS // 3)
    return postgres.rows("SELECT id, code, sender_id FROM parcels WHERE id = %s", [number], shown=False)[0]


def pick_day(random):
    """Pick a day on which the depots were at work."""
    return (BEGINNING + timedelta(days=random.randint(30, 600))).date()


def ask_after_indexes(sql, postgres, question):
    """Ask a question before and after the learner's indexes; return what it gives then, and what it should."""
    expected = postgres.rows(question, shown=False)
    sql.run("indexes.sql")
    return postgres.rows(question), expected


def require_little_read(plan, answer, advice):
    """Fail the check where a question reads more than what it gives."""
    rows, pages = plan.count_rows_read(), plan.count_pages_read()
    most_rows, most_pages = len(answer) + MORE_ROWS, len(answer) + MORE_PAGES
    assert rows <= most_rows, (
        f"For {len(answer)} rows PostgreSQL read {rows:,} and looked into {pages:,} pages: the plan shows at which step. {advice}"
    )
    assert pages <= most_pages, (
        f"PostgreSQL gave out few rows, and looked into {pages:,} pages for them; {most_pages} would be enough. An index was"
        f" read nearly from end to end instead of from the right place. {advice}"
    )


def count_records(postgres, insert, rows):
    """Insert rows, undo it, and return how many records the database wrote for each row."""
    return postgres.plan(insert).wal_records / rows

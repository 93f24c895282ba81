"""Checks of what three questions read once there are indexes. The log is filled from the seed of the run."""

from milepost.engine.checks import Rows, check

EVENTS, PARCELS, DEPOTS = 40_000, 5_000, 20
FILL = """
INSERT INTO events (parcel, depot, state, seen_at)
SELECT
    'P-' || lpad((n * %(step)s::bigint %% %(parcels)s)::text, 4, '0'),
    1 + n * 7 %% %(depots)s,
    CASE WHEN (n + %(first)s) %% 1000 = 0 THEN 'lost' ELSE (ARRAY['arrived', 'sorted', 'left'])[1 + n %% 3] END,
    '2026-01-01'::timestamp + n * interval '3 minutes'
FROM generate_series(1, %(events)s) n
"""


def seed(connection, random):
    """Fill the log. Events come in the order of time; a step without a divisor of 5,000 spreads the parcels."""
    values = {"events": EVENTS, "parcels": PARCELS, "depots": DEPOTS}
    connection.execute(FILL, values | {"step": random.choice([1777, 2333, 3001, 4909]), "first": random.randint(0, 999)})


def index(sql, postgres):
    """Run the learner's file, and let PostgreSQL count what there is."""
    sql.run("add-indexes.sql")
    postgres.execute("ANALYZE events")


def require_read(plan, most, why):
    """See that a plan reads no more rows than these."""
    read = plan.count_rows_read()
    assert read <= most, f"The question reads {read} rows of `events`, and {most} are enough. {why}"


def count_pages(postgres, question, values):
    """Count the pages of table and indexes that a question looks into."""
    rows = postgres.rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {question}", values, shown=False)
    match rows:
        case [([{"Plan": {"Shared Hit Blocks": int(hit), "Shared Read Blocks": int(read)}}],)]:
            return hit + read
    raise AssertionError("PostgreSQL told no plan of the question. Leave its own functions and settings as they are")


@check(task="three-questions", objectives=["databases.indexes"])
def test_a_parcel_is_looked_up(sql, postgres, random):
    """The events of a parcel are looked up"""
    index(sql, postgres)
    parcel = f"P-{random.randrange(PARCELS):04}"
    count = len(postgres.rows("SELECT id FROM events WHERE parcel = %s", [parcel], shown=False))
    question = "SELECT depot, state, seen_at FROM events WHERE parcel = %s ORDER BY seen_at"

    plan = postgres.plan(question, [parcel])

    require_read(plan, count, (
        "What stands under *Filter* was decided after reading. An index that begins with `parcel` leads to its events and to no others"
    ))
    pages = count_pages(postgres, question, [parcel])
    assert pages <= 40, (
        f"The question shows {count} rows, and looks into {pages} pages of 8 KiB: an index is read from end to end. What can be looked up is what stands"
        " first in it"
    )


@check(task="three-questions", objectives=["databases.indexes"])
def test_the_last_ten_of_a_depot_are_read_and_no_more(sql, postgres, random):
    """The last ten of a depot are read, and no more"""
    index(sql, postgres)

    plan = postgres.plan(
        "SELECT parcel, seen_at FROM events WHERE depot = %s ORDER BY seen_at DESC LIMIT 10", [random.randint(1, DEPOTS)]
    )

    require_read(plan, 10, (
        "An index on the depot alone leads to two thousand rows, and sorts them to keep ten; one on the time alone meets all depots on its way. In"
        " one index on both, first comes what the question knows exactly, then what it sorts by"
    ))


@check(task="three-questions", objectives=["databases.indexes"])
def test_the_lost_ones_are_looked_up(sql, postgres, random):
    """The lost ones are looked up"""
    index(sql, postgres)
    lost = len(postgres.rows("SELECT id FROM events WHERE state = 'lost'", shown=False))
    month = random.randint(1, 3)

    plan = postgres.plan("SELECT parcel, seen_at FROM events WHERE state = 'lost' AND seen_at >= %s", [f"2026-0{month}-01"])

    require_read(plan, lost, f"There are {lost} lost events in the whole log. An index can hold these alone: say so with WHERE when you create it")


@check(task="three-questions", objectives=["databases.indexes"])
def test_an_event_is_written_into_few_indexes(sql, postgres):
    """An ordinary event is written into two new indexes at most, of three altogether"""
    index(sql, postgres)

    entries = postgres.rows(
        "SELECT c.relname AS index, greatest(c.reltuples, 0)::integer AS rows FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = 'events'::regclass AND NOT i.indisprimary ORDER BY 2 DESC, 1"
    )
    assert all(type(rows) is int for _, rows in entries), "The indexes of `events` could not be counted: leave PostgreSQL's own tables as they are"
    assert len(entries) <= 3, (
        f"Your file makes {len(entries)} indexes, and three questions need three at most. An index that begins with the columns of another does its work too;"
        " what no plan names only costs"
    )
    whole = [name for name, rows in entries if rows > EVENTS // 10]
    assert len(whole) <= 2, (
        f"Every event has to be written into {len(whole)} new indexes, and two are enough. The question about lost parcels wants one row in a thousand, and"
        " needs an index of no others"
    )


@check(task="three-questions", objectives=["databases.indexes"])
def test_the_log_is_what_it_was(sql, postgres, random):
    """The log is what it was, and still takes any event"""
    digest = "SELECT count(*), sum(hashtextextended(events::text, 0)) FROM events"
    before = postgres.rows(digest)

    index(sql, postgres)

    assert postgres.rows(digest) == Rows(before.columns, before), "Rows of `events` have changed. An index is about finding rows; they stay as they are"
    for _ in range(2):
        taken = postgres.accepts(
            "INSERT INTO events (parcel, depot, state, seen_at) SELECT parcel, depot, state, seen_at FROM events WHERE id = %s", [random.randint(1, EVENTS)]
        )
        assert taken, "A parcel may be seen twice in one minute, and your index refuses it. UNIQUE is a rule, and nobody asked for one"

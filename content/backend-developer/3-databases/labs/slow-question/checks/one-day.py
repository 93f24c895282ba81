"""Checks of the scans of one day, whose question the learner writes."""

from datetime import datetime, time, timedelta

from milepost.engine.checks import check
from milepost.engine.checks.row_sets import require_columns

from checks.support import DEPOTS, SCANS, pick_day, require_little_read

COLUMNS = ("parcel_id", "scanned_at", "what")


def scans_of_day(postgres, depot, day):
    """Find the scans of a day in all that the depot ever had."""
    scans = postgres.rows(
        "SELECT scanned_at, id, parcel_id, what FROM scans WHERE depot = %s", [depot], shown=False
    )
    return [(parcel, at, what) for at, _, parcel, what in sorted(scans) if at.date() == day]


def add_scans(postgres, depot, *moments):
    """Write scans down in that order, one for each moment, the highest id first."""
    for number, at in zip(range(SCANS + len(moments), SCANS, -1), moments, strict=True):
        postgres.execute("INSERT INTO scans VALUES (%s, %s, %s, 'in', %s)", [number, number % 977, depot, at])


@check(task="one-day", objectives=["databases.indexes"])
def test_a_day_has_its_scans(sql, postgres, random):
    """The day has the same scans as ever, in the same order"""
    depot, day = random.choice(DEPOTS), pick_day(random)
    noon = datetime.combine(day, time(12))
    add_scans(postgres, depot, noon, noon, noon - timedelta(hours=1))
    expected = scans_of_day(postgres, depot, day)
    sql.run("indexes.sql")

    run = sql.run("day-at-a-depot.sql", depot=depot, day=day)

    require_columns(run, *COLUMNS)
    assert run.rows == expected, (
        "Your question gives other rows, or another order, than the one that you were given. It may be asked in other words,"
        " but it must stay the same question."
    )


@check(task="one-day", objectives=["databases.indexes"])
def test_a_day_reads_that_day_only(sql, postgres, random):
    """Of all scans of the depot, those of the day are read and no others"""
    depot, day = random.choice(DEPOTS), pick_day(random)
    expected = scans_of_day(postgres, depot, day)
    sql.run("indexes.sql")

    plan = sql.plan("day-at-a-depot.sql", depot=depot, day=day)

    require_little_read(
        plan,
        expected,
        "An index on a column is sorted by the column itself. What the condition makes of it first, such as its day, stands"
        " in no order there: compare the bare column with where the day begins and where it ends.",
    )


@check(task="one-day", objectives=["databases.indexes"], hidden=True)
def test_midnight_belongs_to_the_day_that_begins(sql, postgres, random):
    """Midnight belongs to the day that begins with it, and the last instant to the one that ends"""
    depot, day = random.choice(DEPOTS), pick_day(random)
    begin = datetime.combine(day, time())
    add_scans(postgres, depot, begin, begin + timedelta(days=1), begin + timedelta(days=1, microseconds=-1))
    expected = scans_of_day(postgres, depot, day)
    sql.run("indexes.sql")

    run = sql.run("day-at-a-depot.sql", depot=depot, day=day)

    require_columns(run, *COLUMNS)
    assert run.rows == expected, (
        "A day begins at midnight and ends right before the next one. BETWEEN has both its ends, so the midnight that ends the"
        " day comes along; an end such as 23:59:59 leaves out the rest of that second. Say `>=` the one and `<` the other."
    )

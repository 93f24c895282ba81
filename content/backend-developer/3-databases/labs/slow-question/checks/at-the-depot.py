"""Checks of the screen in a depot, which shows the latest scans."""

from milepost.engine.checks import check

from checks.support import CLOSED, DEPOTS, ask_after_indexes, require_little_read

ADVICE = (
    "Sorted as the question asks, within one depot, the twenty latest stand side by side: then PostgreSQL reads these and stops."
)


def latest(depot):
    """Write the question of the screen."""
    return (
        f"SELECT parcel_id, scanned_at, what FROM scans WHERE depot = '{depot}' ORDER BY scanned_at DESC LIMIT 20"
    )


@check(task="at-the-depot", objectives=["databases.indexes"])
def test_latest_scans_of_a_busy_depot(sql, postgres, random):
    """The latest scans of a busy depot are read, and no older ones"""
    question = latest(random.choice(DEPOTS))

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The screen shows other scans than before. Indexes change how rows are found, never which ones."
    require_little_read(postgres.plan(question), expected, ADVICE)


@check(task="at-the-depot", objectives=["databases.indexes"])
def test_latest_scans_of_a_closed_depot(sql, postgres):
    """The latest scans of a depot that was closed long ago are read, and none of the others'"""
    question = latest(CLOSED)

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The screen shows other scans than before. Indexes change how rows are found, never which ones."
    require_little_read(postgres.plan(question), expected, ADVICE)

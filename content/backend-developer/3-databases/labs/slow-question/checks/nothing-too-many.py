"""Checks of what indexes cost, and of those that somebody needs and that must stay."""

from milepost.engine.checks import check

from checks.support import (
    DEPOTS,
    PARCELS,
    SCANS,
    ask_after_indexes,
    count_records,
    pick_parcel,
    require_little_read,
)

ROWS = 300
MOST = 4.5  # a record for the row, one for each of three indexes, and now and then a page that is split


@check(task="nothing-too-many", objectives=["databases.indexes"])
def test_the_way_of_a_parcel_stays_quick(sql, postgres, random):
    """The way of a parcel is read as quickly as before"""
    number, _, _ = pick_parcel(postgres, random)
    question = f"SELECT depot, scanned_at, what FROM scans WHERE parcel_id = {number} ORDER BY scanned_at"

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The way of the parcel is another one now. Indexes change how rows are found, never which ones."
    require_little_read(
        postgres.plan(question),
        expected,
        "Of two indexes that begin with `parcel_id` one can go. The other one answers this question, so it stays.",
    )


@check(task="nothing-too-many", objectives=["databases.indexes"])
def test_parcels_of_a_sender_stay_quick(sql, postgres, random):
    """The parcels of a sender are read as quickly as before"""
    _, _, sender = pick_parcel(postgres, random)
    question = f"SELECT code, state FROM parcels WHERE sender_id = {sender} ORDER BY code"

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The sender has other parcels now. Indexes change how rows are found, never which ones."
    require_little_read(
        postgres.plan(question),
        expected,
        "An index can go if none of the questions needs it. Whether one needs it is in its plan, not in the name of the index.",
    )


@check(task="nothing-too-many", objectives=["databases.indexes"])
def test_a_new_scan_pays_for_no_idle_index(sql, postgres):
    """A new scan is written into the table and three indexes"""
    sql.run("indexes.sql")

    records = count_records(
        postgres,
        f"INSERT INTO scans SELECT {SCANS} + n, n, '{DEPOTS[0]}', 'in', '2026-08-01'::timestamp + n * interval '1 second'"
        f" FROM generate_series(1, {ROWS}) n",
        ROWS,
    )

    assert records < MOST, (
        f"For each new scan the database writes {records:.1f} records: one for the row and one for each index of `scans`. Four are"
        " enough: the row, its key, one index for the ways of parcels and one for both questions of a depot. `\\d scans` lists"
        " what is there. Ask of each index which question needs it, and drop what none does; an index whose columns are the first"
        " of another one is needed by none."
    )


@check(task="nothing-too-many", objectives=["databases.indexes"])
def test_a_new_parcel_pays_for_no_idle_index(sql, postgres):
    """A new parcel is written into the table and three indexes, and into none that is about held ones"""
    sql.run("indexes.sql")

    records = count_records(
        postgres,
        f"INSERT INTO parcels SELECT {PARCELS} + n, 'NEW' || n, n, 'sent', 500, '2026-08-01' FROM generate_series(1, {ROWS}) n",
        ROWS,
    )

    assert records < MOST, (
        f"For each new parcel the database writes {records:.1f} records: one for the row and one for each index that it belongs in."
        " Four are enough: the row, its key, its code, its sender. A new parcel is not held, so an index for held parcels need"
        " not hear of it; and an index on the state alone, whose values nearly all rows share, helps nobody."
    )


@check(task="nothing-too-many", objectives=["databases.indexes"], hidden=True)
def test_ids_stay_unique(sql, postgres, random):
    """No two parcels and no two scans can have one id"""
    number = random.randint(1, PARCELS)
    sql.run("indexes.sql")

    twins = {
        "parcels": f"INSERT INTO parcels VALUES ({number}, 'TWIN', 1, 'sent', 500, '2026-08-01')",
        "scans": f"INSERT INTO scans VALUES ({number}, 1, 'Farrow', 'in', '2026-08-01')",
    }
    for table, twin in twins.items():
        assert not postgres.accepts(twin), (
            f"Your file took away what kept the ids of `{table}` unique. A primary key has its index to guard a rule with every"
            " write, whether or not a question ever uses it; it is never idle."
        )

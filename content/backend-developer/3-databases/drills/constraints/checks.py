"""Checks of what a table takes and refuses. Days, boats and times are drawn from the seed of the run."""

from datetime import date, time, timedelta

from milepost.engine.checks import Rows, check
from milepost.engine.checks.cases import cases

COLUMNS = ("boat", "day", "guest", "left_at", "back_at", "jackets")


def draw_hire(random, **values):
    """Draw a hire that keeps to all rules, but for the values that are given."""
    hour = random.randint(8, 15)
    return {
        "boat": random.randint(1, 8),
        "day": date(2026, 6, 1) + timedelta(days=random.randint(0, 80)),
        "guest": random.choice(["Ada", "Bo", "Chidi", "Dunja", None]),
        "left_at": time(hour, random.randint(0, 59)),
        "back_at": time(hour + random.randint(1, 4), random.randint(0, 59)),
        "jackets": random.randint(1, 6),
    } | values


def write_down(postgres, hire):
    """Write a hire into the table."""
    postgres.execute("INSERT INTO hires VALUES (%s, %s, %s, %s, %s, %s)", [hire[name] for name in COLUMNS])


def is_taken(postgres, hire):
    """Try to write a hire; tell whether the database took it."""
    return postgres.accepts("INSERT INTO hires VALUES (%s, %s, %s, %s, %s, %s)", [hire[name] for name in COLUMNS])


def require_refused(postgres, random, table, why):
    """See that a hire is taken, and with each of these values refused: as a new one, and as a change."""
    right = draw_hire(random)
    assert is_taken(postgres, right), (
        "Your table refuses a hire that keeps to all rules, so refusing another tells nothing. See which constraint goes too far"
    )
    for what, values in cases(table):
        assert not is_taken(postgres, right | values), f"Your table takes a new hire with {what}. {why}"
        changes = ", ".join(f"{name} = %s" for name in values)
        assert not postgres.accepts(f"UPDATE hires SET {changes} WHERE boat = 1", list(values.values())), (
            f"Your table takes a change after which a hire has {what}. A constraint looks at every write, not only at the first"
        )


@check(task="guard-the-boats", objectives=["databases.constraints"])
def test_hires_that_keep_to_the_rules_are_taken(sql, postgres, random):
    """Hires that keep to the rules are taken, and those of last week stay"""
    sql.run("guard-hires.sql")

    found = postgres.rows("SELECT boat, day, guest, left_at, back_at, jackets FROM hires ORDER BY boat")
    there = [
        (1, date(2026, 5, 1), "Ada", time(10), time(11, 30), 2),
        (2, date(2026, 5, 1), None, time(10, 15), time(12), 6),
    ]
    assert found == Rows(COLUMNS, there), (
        "The hires of last week are not what they were. A constraint can be added to a table that is in use, and its rows stay"
    )
    for what, values in cases(
        {
            "a guest who gave no name": {"guest": None},
            "a boat that is still out": {"back_at": None},
            "one jacket": {"jackets": 1},
            "six jackets": {"jackets": 6},
            "a minute on the lake": {"left_at": time(12, 0), "back_at": time(12, 1)},
            "another boat on the same day": {"boat": 3, "day": date(2026, 5, 1)},
            "the same boat on another day": {"boat": 1, "day": date(2026, 5, 2)},
        }
    ):
        assert is_taken(postgres, draw_hire(random, **values)), (
            f"Your table refuses a hire that keeps to all rules: {what}. A rule that refuses what is true will be taken away"
            " again, with all the others; look at which constraint goes too far"
        )


@check(task="guard-the-boats", objectives=["databases.constraints"])
def test_a_hire_without_its_facts_is_refused(sql, postgres, random):
    """A hire without boat, day, start or jackets is refused"""
    sql.run("guard-hires.sql")

    missing = {f"NULL for `{name}`": {name: None} for name in ("boat", "day", "left_at", "jackets")}
    require_refused(postgres, random, missing, (
        "A comparison with NULL is unknown, and a CHECK refuses only what is false; a foreign key and UNIQUE let NULL through"
        " as well. Say NOT NULL of what a row means nothing without"
    ))


@check(task="guard-the-boats", objectives=["databases.constraints"])
def test_times_and_jackets_that_do_not_fit_are_refused(sql, postgres, random):
    """Too few or too many jackets are refused, and a boat that was back too early"""
    sql.run("guard-hires.sql")

    at = time(random.randint(9, 16), 30)
    require_refused(
        postgres,
        random,
        {
            "no jackets": {"jackets": 0},
            "seven jackets": {"jackets": 7},
            "fewer jackets than none": {"jackets": -random.randint(1, 9)},
            "a return before it left": {"left_at": at, "back_at": at.replace(minute=29)},
            "a return at the minute in which it left": {"left_at": at, "back_at": at},
        },
        "A CHECK says what holds for each row by itself, and may compare two of its columns; mind both borders",
    )


@check(task="guard-the-boats", objectives=["databases.constraints"])
def test_a_boat_that_is_not_there_is_refused(sql, postgres, random):
    """A boat that is not there is refused, and a new one is taken"""
    sql.run("guard-hires.sql")

    number = random.randint(9, 99)
    require_refused(postgres, random, {f"boat {number}, which nobody has": {"boat": number}}, (
        "What is named here exists: that is what REFERENCES says, whatever boats there will be some day"
    ))
    postgres.execute("INSERT INTO boats VALUES (%s)", [number])
    assert is_taken(postgres, draw_hire(random, boat=number)), (
        f"Boat {number} was bought, and your table refuses its first hire. Don't count the boats in a CHECK: refer to the table"
        " that has them"
    )


@check(task="guard-the-boats", objectives=["databases.constraints"])
def test_a_boat_goes_out_once_a_day(sql, postgres, random):
    """A second hire of one boat on one day is refused"""
    sql.run("guard-hires.sql")

    first = draw_hire(random, day=date(2026, 5, 20), left_at=time(9), back_at=time(10))
    write_down(postgres, first)
    second = draw_hire(random, boat=first["boat"], day=first["day"], left_at=time(14), back_at=time(15), guest="Emre")
    assert not is_taken(postgres, second), (
        f"Boat {first['boat']} went out twice on one day. No two rows agree in boat and day: that is one UNIQUE over both"
    )
    assert is_taken(postgres, second | {"day": date(2026, 5, 21)}), (
        f"Boat {first['boat']} may not go out on the next day. The boat alone comes again, and so does the day; only both"
        " together do not"
    )

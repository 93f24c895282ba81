"""Checks of the harbours' list. Each fills the log by itself; harbours and numbers are drawn from the seed of the run."""

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import require_columns

HARBOURS = ["Sandholm", "Otter Quay", "Kelp Point", "Marvik", "Eiderness", "Fishgate", "Brenning", "Tollhead"]
CALM = ["sun", "rain", "fog", "wind"]


def log_crossings(postgres, crossings):
    """Write crossings into the log, and show it: harbour, state, weather and passengers of each."""
    values = ", ".join(["(%s, %s, %s, %s)"] * len(crossings))
    postgres.execute(
        f"INSERT INTO crossings VALUES {values}",
        [value for crossing in crossings for value in crossing],
    )
    postgres.rows("SELECT * FROM crossings")


def list_harbours(sql, least):
    """Run the file; return its rows."""
    run = sql.run("busy-harbours.sql", least=least)
    require_columns(run, "harbour", "crossings", "passengers")
    return run.rows


def as_table(rows):
    """Make rows to compare with, in any order."""
    return Rows(("harbour", "crossings", "passengers"), rows).sorted()


@check(task="busy-harbours", objectives=["databases.select"])
def test_crossings_of_a_harbour_are_summed_up(sql, postgres, random):
    """All crossings of a harbour count together"""
    small, *large = random.sample(HARBOURS, 4)
    crossings = {harbour: [random.randint(110, 190) for _ in range(random.randint(3, 5))] for harbour in large}
    crossings[small] = [random.randint(100, 140), random.randint(100, 140)]
    log_crossings(postgres, [(each, "sailed", random.choice(CALM), n) for each, ns in crossings.items() for n in ns])

    rows = list_harbours(sql, 300)

    assert rows.sorted() == as_table((each, len(crossings[each]), sum(crossings[each])) for each in large), (
        "Your harbours are not those with at least 300 passengers on all their crossings together, each in one row. Make"
        " one group of each harbour, and compare what the group sums up to, not the single crossing"
    )


@check(task="busy-harbours", objectives=["databases.select"])
def test_only_what_has_sailed_counts(sql, postgres, random):
    """Planned and cancelled crossings don't count"""
    one, other, idle = random.sample(HARBOURS, 3)
    first, second, third = (random.randint(20, 200) for _ in range(3))
    booked = [(harbour, state, "sun", random.randint(20, 200)) for harbour in (one, idle) for state in ("planned", "cancelled")]
    log_crossings(postgres, [*booked, (one, "sailed", "sun", first), (one, "sailed", "rain", second), (other, "sailed", "fog", third)])

    rows = list_harbours(sql, 1)

    assert rows.sorted() == as_table([(one, 2, first + second), (other, 1, third)]), (
        "Your rows count crossings that nobody made, or leave out some that sailed. A log holds rows in several states, and"
        " the question means one of them: say in WHERE which"
    )


@check(task="busy-harbours", objectives=["databases.select"])
def test_unnoted_weather_is_no_storm(sql, postgres, random):
    """A storm doesn't count, and weather that nobody noted does"""
    windy, unnoted, other = random.sample(HARBOURS, 3)
    numbers = [random.randint(20, 200) for _ in range(5)]
    weathers = [(windy, "storm"), (windy, random.choice(CALM)), (unnoted, None), (unnoted, None), (other, "storm")]
    log_crossings(postgres, [(each, "sailed", weather, n) for (each, weather), n in zip(weathers, numbers, strict=True)])

    rows = list_harbours(sql, 1)

    assert rows.sorted() == as_table([(windy, 1, numbers[1]), (unnoted, 2, numbers[2] + numbers[3])]), (
        "Your rows leave out crossings without a noted weather, or count some in a storm. NULL is neither equal nor unequal"
        " to anything, so `<>` does not let it through: say what should happen with it"
    )


@check(task="busy-harbours", objectives=["databases.select"])
def test_exactly_so_many_are_enough(sql, postgres, random):
    """Exactly so many passengers are enough"""
    below, exact, above = random.sample(HARBOURS, 3)
    least = random.randint(50, 400)
    log_crossings(
        postgres, [(below, "sailed", "sun", least - 1), (exact, "sailed", "rain", least), (above, "sailed", "fog", least + 1)]
    )

    rows = list_harbours(sql, least)

    assert rows.sorted() == as_table([(exact, 1, least), (above, 1, least + 1)]), (
        f"Your list draws the border at another place. *At least {least}* lets {least} through, and {least - 1} not"
    )


@check(task="busy-harbours", objectives=["databases.select"])
def test_most_passengers_come_first(sql, postgres, random):
    """The harbour with most passengers comes first, equals by name"""
    least, busiest, *equals = random.sample(HARBOURS, 8)
    numbers = {least: 90, busiest: random.randint(1000, 1900)} | dict.fromkeys(equals, random.randint(200, 900))
    log_crossings(postgres, [(each, "sailed", random.choice(CALM), n) for each, n in numbers.items()])

    rows = list_harbours(sql, 1)

    ordered = sorted(numbers, key=lambda each: (-numbers[each], each))
    assert rows == Rows(rows.columns, [(each, 1, numbers[each]) for each in ordered]), (
        "Your harbours come in another order. Most passengers first, compared as numbers; where two have equally many, their"
        " names decide, from A on. Each column of ORDER BY has a direction of its own"
    )

"""Checks of the weather stations' book. Stations, days and temperatures are drawn from the seed of the run."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from milepost.engine.checks import Rows, check

STATIONS = ["Elm Hill", "Grey Lake", "North Pier", "Saddleback", "Old Mill", "Fern Gully"]
COLUMNS = ("station", "day", "celsius", "note")


def draw_day(random):
    """Draw a day of this spring."""
    return date(2026, 3, 1) + timedelta(days=random.randint(0, 80))


def draw_celsius(random):
    """Draw a temperature, in tenths of a degree."""
    return Decimal(random.randint(51, 240)) / 10


def write_down(postgres, station, day, celsius, note=""):
    """Write a day into the book."""
    postgres.execute("INSERT INTO highest VALUES (%s, %s, %s, %s)", [station, day, celsius, note])


def send(postgres, random, *measurements):
    """Put measurements into the inbox, each at some hour of its day."""
    for station, day, celsius in measurements:
        hour = datetime(day.year, day.month, day.day, random.randint(0, 23), random.randint(0, 59))
        postgres.execute("INSERT INTO inbox VALUES (%s, %s, %s)", [station, hour, celsius])


def require_book(postgres, expected, why):
    """See that the book holds these rows, and no others."""
    found = postgres.rows("SELECT station, day, celsius, note FROM highest ORDER BY station, day")
    assert found == Rows(COLUMNS, sorted(expected)), why


@check(task="keep-the-highest", objectives=["databases.insert"])
def test_a_new_day_is_added(sql, postgres, random):
    """A day that the book does not know is added"""
    (first, second), day = random.sample(STATIONS, 2), draw_day(random)
    rows = [(station, day + timedelta(days=n), draw_celsius(random)) for station, n in [(first, 0), (second, 0), (first, 1)]]
    send(postgres, random, *rows)

    sql.run("keep-highest.sql")

    require_book(postgres, [(*row, "") for row in rows], (
        "The book was empty, and three days of two stations came. Not all of them stand in it now, or not as they came. An"
        " UPDATE adds no row: what is new needs an INSERT, with the columns named that you fill"
    ))


@check(task="keep-the-highest", objectives=["databases.insert"])
def test_the_higher_one_stays(sql, postgres, random):
    """Of a day that the book knows, the higher temperature stays"""
    (up, down), day, celsius = random.sample(STATIONS, 2), draw_day(random), draw_celsius(random)
    write_down(postgres, up, day, celsius)
    write_down(postgres, down, day, celsius)
    send(postgres, random, (up, day, celsius + Decimal("1.5")), (down, day, celsius - Decimal("1.5")))

    sql.run("keep-highest.sql")

    require_book(postgres, [(up, day, celsius + Decimal("1.5"), ""), (down, day, celsius, "")], (
        f"The book had {celsius} for both stations. What came was higher for {up} and lower for {down}, and the book does"
        " not have the higher one of each. Decide what a second row of the same key means: here it replaces a lower value"
        " and no other"
    ))


@check(task="keep-the-highest", objectives=["databases.insert"])
def test_several_of_one_day_come_together(sql, postgres, random):
    """Several measurements of one day can come together"""
    (new, known), day = random.sample(STATIONS, 2), draw_day(random)
    write_down(postgres, known, day, Decimal("5.0"))
    measured = {station: [draw_celsius(random) for _ in range(random.randint(3, 5))] for station in (new, known)}
    send(postgres, random, *((station, day, celsius) for station, all_of_it in measured.items() for celsius in all_of_it))

    sql.run("keep-highest.sql")

    require_book(postgres, [(station, day, max(all_of_it), "") for station, all_of_it in measured.items()], (
        "Several measurements of one day lay in the inbox, and the book does not hold the highest of them. Make one row of"
        " each station and day before you insert, since no statement may change a row twice"
    ))


@check(task="keep-the-highest", objectives=["databases.insert"])
def test_what_was_noted_stays(sql, postgres, random):
    """What somebody noted by hand stays"""
    station, day, celsius = random.choice(STATIONS), draw_day(random), draw_celsius(random)
    note = f"Thermometer number {random.randint(2, 99)} is new."
    write_down(postgres, station, day, celsius, note)
    send(postgres, random, (station, day, celsius + 2))

    sql.run("keep-highest.sql")

    require_book(postgres, [(station, day, celsius + 2, note)], (
        "The day should have its new temperature and its old note, and has not both. An upsert changes what you name in SET"
        " and nothing else; a row that is deleted and inserted anew loses all that you don't know"
    ))


@check(task="keep-the-highest", objectives=["databases.insert"])
def test_a_second_run_changes_nothing(sql, postgres, random):
    """A second run over the same inbox changes nothing"""
    (new, known), day, celsius = random.sample(STATIONS, 2), draw_day(random), draw_celsius(random)
    write_down(postgres, known, day, celsius)
    send(postgres, random, (new, day, celsius), (known, day, celsius + 3))

    for _ in range(2):
        sql.run("keep-highest.sql")

    require_book(postgres, [(new, day, celsius, ""), (known, day, celsius + 3, "")], (
        "Your file was run twice, and the book is not what one run should make of it. Let the key decide whether a row is"
        " there (`ON CONFLICT`), and set a value that is the same the second time"
    ))
    left = postgres.value("SELECT count(*) FROM inbox")
    assert left == 2, (
        "Your file changed `inbox`. Somebody else clears it; they would miss what you took away"
    )

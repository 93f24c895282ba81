"""Checks of what the tables refuse and accept."""

from milepost.engine.checks import check
from milepost.engine.checks.cases import cases

from checks.support import book, fill, find_free, is_refused, read_timetable

WHY = (
    "A file that looks first and writes later is passed by with the next program, and so is one that writes nothing in silence. Let the tables"
    " say it, with a constraint, so that PostgreSQL refuses it with an error whoever writes"
)


def require_refused(sql, postgres, lesson, wrong):
    """Fail the check where one of several wrong lessons is taken, or refused otherwise than by the tables."""
    before = read_timetable(postgres)
    for what, changed in cases(wrong):
        run = book(sql, lesson, **changed)
        assert is_refused(run) and read_timetable(postgres) == before, (
            f"Your tables did not refuse a lesson that can't be: {what}. {WHY}"
        )


@check(task="right-and-wrong", objectives=["databases.constraints"])
def test_nobody_is_in_two_places(sql, postgres, random):
    """No room, no teacher and no pupil is taken twice at one time"""
    fill(sql)
    lessons = read_timetable(postgres)
    assert len(lessons) > 20, "Your `timetable` lacks most lessons of the sheet, so nothing can collide with them"
    one = random.choice(lessons[:20])
    free = {"email": "guest@post.example", "teacher": "Ms Harper", "room": "Attic"}
    sql.run("add-pupil.sql", email="guest@post.example", pupil="Gus Guest")

    require_refused(
        sql,
        postgres,
        one,
        {
            "its room is taken": {**free, "room": one[6]},
            "its teacher teaches at that time": {**free, "teacher": one[2]},
            "its pupil has another lesson then": {**free, "email": one[1]},
        },
    )
    run = book(sql, one, **free)
    assert run.error is None, (
        "Your tables refuse a lesson at an hour at which there is another one, though pupil, teacher and room are all free. Each of"
        " them is taken once at a time, and the hour itself is not"
    )


@check(task="right-and-wrong", objectives=["databases.constraints"])
def test_who_is_unknown_has_no_lesson(sql, postgres):
    """A lesson of somebody or something unknown is refused"""
    fill(sql)
    lessons = read_timetable(postgres)
    assert lessons != [], "Your `timetable` is empty, so nobody is known"
    day, hour = find_free(lessons)

    require_refused(
        sql,
        postgres,
        lessons[0],
        {
            f"its {what} is unknown": {what: value, "day": day, "hour": hour}
            for what, value in (
                ("email", "nobody@post.example"),
                ("teacher", "Mx Nobody"),
                ("instrument", "kazoo"),
                ("room", "Moon"),
            )
        },
    )


@check(task="right-and-wrong", objectives=["databases.constraints"])
def test_times_at_which_the_school_is_closed(sql, postgres):
    """A lesson on a day or at an hour at which the school is closed is refused"""
    fill(sql)
    lessons = read_timetable(postgres)
    assert lessons != [], "Your `timetable` is empty, so nobody is known"
    wrong = {
        "on Sunday": {"day": "sun", "hour": 10},
        "on a day that is spelt otherwise": {"day": "Monday", "hour": 19},
        "at 8": {"day": "mon", "hour": 8},
        "at 20": {"day": "mon", "hour": 20},
    }

    require_refused(sql, postgres, lessons[0], wrong)


@check(task="right-and-wrong", objectives=["databases.constraints"])
def test_wrong_pupils_and_prices(sql, postgres):
    """A second pupil of one address, one without a name and a price of nothing are refused"""
    fill(sql)
    before = read_timetable(postgres)
    assert before != [], "Your `timetable` is empty, so no address is taken"
    for what, (file, values) in cases(
        {
            "a pupil whose address another one has": ("add-pupil.sql", {"email": before[0][1], "pupil": "Ada Twin"}),
            "a pupil without a name": ("add-pupil.sql", {"email": "empty@post.example", "pupil": ""}),
            "a pupil without an address": ("add-pupil.sql", {"email": "", "pupil": "Ada Nowhere"}),
            "a price of 0": ("new-price.sql", {"instrument": before[0][4], "price": 0}),
            "a price below 0": ("new-price.sql", {"instrument": before[0][4], "price": -5}),
        }
    ):
        run = sql.run(file, may_fail=True, **values)
        assert is_refused(run) and read_timetable(postgres) == before, f"Your tables did not refuse {what}. {WHY}"


@check(task="right-and-wrong", objectives=["databases.schema-design"])
def test_what_is_right_fits(sql, postgres, random):
    """Two pupils of one name, a second lesson, the first and the last hour: all of that fits"""
    fill(sql)
    before = read_timetable(postgres)
    prices = [lesson[5] for lesson in before if lesson[4] == "harp"]
    assert prices != [], "Your `timetable` lacks the sheet's one lesson on the harp, so nobody knows what another one costs"
    name = before[0][0]
    sql.run("add-pupil.sql", email="twin@post.example", pupil=name)
    twin = (name, "twin@post.example", "Ms Harper", "555-0999", "harp", prices[0], "Attic")
    booked = []
    for what, (day, hour) in cases({"the first hour": ("mon", 9), "the last hour": ("thu", 19), "once more that day": ("thu", 9)}):
        run = book(sql, (*twin, day, hour))
        assert run.error is None, (
            f"Your tables refuse a lesson that is right: {what}, of a pupil who has the name of another one. A key that is too narrow turns"
            " true facts away; ask of each one whether two true rows could share it"
        )
        booked.append((*twin, day, hour))
    assert read_timetable(postgres) == sorted([*before, *booked]), "The lessons that were booked are not all in the timetable, as booked"

"""Checks of what is there without a lesson, and of what is left when a lesson goes."""

from milepost.engine.checks import check

from checks.support import LONE, book, fill, find_free, read_timetable


@check(task="come-and-go", objectives=["databases.schema-design"])
def test_a_pupil_comes_before_the_first_lesson(sql, postgres):
    """A pupil can be there without a lesson, and book one later"""
    fill(sql)
    before = read_timetable(postgres)
    assert before != [], "Your `timetable` is empty, so there is no teacher to book"

    sql.run("add-pupil.sql", email="new@post.example", pupil="Nora New")

    assert read_timetable(postgres) == before, "A pupil without a lesson is in no line of the timetable"
    day, hour = find_free(before)
    lesson = ("Nora New", "new@post.example", *before[0][2:7], day, hour)
    book(sql, lesson)
    assert read_timetable(postgres) == sorted([*before, lesson]), (
        "A pupil was added, then booked a lesson, and the timetable does not show just this lesson more. Pupils need a table of their own, or"
        " nobody can be one before the first lesson"
    )


@check(task="come-and-go", objectives=["databases.schema-design"])
def test_one_lesson_is_cancelled(sql, postgres):
    """Of several lessons of a pupil, and of several at one time, the one that is meant is cancelled"""
    fill(sql)
    known = read_timetable(postgres)
    assert known != [], "Your `timetable` is empty, so there is no teacher to book"
    sql.run("add-pupil.sql", email="first@post.example", pupil="Fay First")
    sql.run("add-pupil.sql", email="other@post.example", pupil="Otto Other")
    lone, usual = LONE[2:7], known[0][2:7]
    mine = ("Fay First", "first@post.example", *lone)
    for lesson in (
        (*mine, "mon", 19),
        (*mine, "mon", 9),
        (*mine, "tue", 19),
        ("Otto Other", "other@post.example", *usual, "mon", 19),
    ):
        book(sql, lesson)
    before = read_timetable(postgres)
    assert len(before) == len(known) + 4, "Of four lessons that were booked, some are not in the timetable"

    sql.run("cancel-lesson.sql", email="first@post.example", day="mon", hour=19)

    left = [each for each in before if (each[1], each[7], each[8]) != ("first@post.example", "mon", 19)]
    assert read_timetable(postgres) == left, (
        "Other lessons went than the one that was cancelled, or it is still there. A lesson is known by its pupil, its day and its hour"
        " together: by two of them there may be several"
    )


@check(task="come-and-go", objectives=["databases.normalization"])
def test_the_last_lesson_takes_nothing_along(sql, postgres):
    """When the last lesson of a teacher is cancelled, teacher, instrument, room and pupil are still known"""
    fill(sql)
    before = read_timetable(postgres)
    pupil, email, *_, day, hour = LONE

    sql.run("cancel-lesson.sql", email=email, day=day, hour=hour)

    left = [lesson for lesson in before if lesson[:2] != (pupil, email)]
    assert read_timetable(postgres) == left, "After a lesson was cancelled, the timetable should lack this one and no other"
    book(sql, LONE)
    assert read_timetable(postgres) == before, (
        "A lesson was cancelled and booked again, and the timetable is not what it was. With the only lesson of a teacher the teacher's number"
        " or the price of the instrument was lost. What is true without the lesson must not stand only in it"
    )

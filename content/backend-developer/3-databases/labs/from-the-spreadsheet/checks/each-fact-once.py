"""Checks of where a fact stands, judged by changing it and by looking for it in every table."""

from decimal import Decimal

from milepost.engine.checks import check

from checks.support import count_rows_with, fill, read_timetable


def change_everywhere(lessons, column, value, at, new):
    """Say what the timetable should be after one fact was changed."""
    return sorted(
        tuple(new if place == at and lesson[column] == value else each for place, each in enumerate(lesson))
        for lesson in lessons
    )


@check(task="each-fact-once", objectives=["databases.normalization"])
def test_a_phone_number_stands_once(sql, postgres, random):
    """A teacher's phone number is one value in one row"""
    fill(sql)
    before = read_timetable(postgres)
    assert before != [], "Your `timetable` is empty, so no teacher has a phone number in it"
    teacher, phone = random.choice(before)[2], f"777-{random.randint(10_000, 99_999)}"

    sql.run("new-phone.sql", teacher=teacher, phone=phone)

    assert read_timetable(postgres) == change_everywhere(before, 2, teacher, 3, phone), (
        f"{teacher} has a new number, and not all of the teacher's lessons show it, or others do"
    )
    assert count_rows_with(postgres, phone) == 1, (
        "The number stands in another number of rows than one. A number belongs to a teacher, not to a lesson: whoever changes it in some"
        " rows and forgets one leaves two numbers, and nobody knows which one is true. Give teachers a table, and let lessons refer to it"
    )


@check(task="each-fact-once", objectives=["databases.normalization"])
def test_a_price_stands_once(sql, postgres, random):
    """The price of an instrument's lessons is one value in one row"""
    fill(sql)
    before = read_timetable(postgres)
    assert before != [], "Your `timetable` is empty, so no lesson has a price in it"
    instrument, price = random.choice(before)[4], Decimal(random.randint(41_01, 48_99)) / 100

    sql.run("new-price.sql", instrument=instrument, price=price)

    assert read_timetable(postgres) == change_everywhere(before, 4, instrument, 5, price), (
        f"Lessons on the {instrument} cost {price} now, and not all of them show it, or others do"
    )
    assert count_rows_with(postgres, str(price)) == 1, (
        "The price stands in another number of rows than one. What a lesson costs is said by its instrument alone, so it belongs there:"
        " repeated in each lesson, it is wrong in one of them some day"
    )


@check(task="each-fact-once", objectives=["databases.normalization"], hidden=True)
def test_a_pupils_name_stands_once(sql, postgres, random):
    """A pupil's name is in one row, however many lessons there are"""
    fill(sql)
    lessons = read_timetable(postgres)
    assert lessons != [], "Your `timetable` is empty, so no pupil has a name in it"
    name = f"Ottilie {random.randint(10_000, 99_999)}"
    _, _, teacher, _, instrument, _, room, _, _ = lessons[0]

    sql.run("add-pupil.sql", email="ottilie@post.example", pupil=name)
    for day, hour in (("mon", 8 + 11), ("tue", 8 + 11)):
        sql.run("book-lesson.sql", email="ottilie@post.example", teacher=teacher, instrument=instrument, room=room, day=day, hour=hour)

    assert count_rows_with(postgres, name) == 1, (
        "The name of a pupil with two lessons stands in another number of rows than one. An address says whose lesson it is, and the"
        " name goes with the address, not with the lesson"
    )

"""Checks of what comes out of the sheet."""

from milepost.engine.checks import check

from checks.support import fill, read_sheet, read_timetable


@check(task="into-tables", objectives=["databases.schema-design"])
def test_every_lesson_is_in_the_timetable(sql, postgres):
    """Every lesson of the sheet is in the timetable, once, in one spelling"""
    expected = read_sheet(postgres)

    fill(sql)

    assert read_timetable(postgres) == expected, (
        "Your `timetable` holds other lessons than the sheet, or spells them otherwise. Blanks around a value mean nothing, an address is in"
        " small letters, as an instrument is; a day is its first three letters, also small; an hour is a number. Two lines that say the same"
        " then are one lesson"
    )


@check(task="into-tables", objectives=["databases.schema-design"], hidden=True)
def test_the_sheet_can_go(sql, postgres):
    """The tables stand by themselves: the sheet may be emptied"""
    expected = read_sheet(postgres)
    fill(sql)

    postgres.execute("DELETE FROM sheet")

    assert read_timetable(postgres) == expected, (
        "With the sheet, lessons went from your `timetable`, which should read your tables alone. The sheet is thrown away when it is loaded"
    )

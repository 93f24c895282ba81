"""What authors mark in a sentence is told apart from every other backtick and asterisk."""

import pytest

from milepost.engine.marks import Mark, drop_emphasis, read_marks


def test_a_sentence_is_read_in_pieces():
    assert list(read_marks("Your basket *is* `receipts[-1]`.")) == [
        (Mark.NONE, "Your basket "),
        (Mark.EMPHASIS, "is"),
        (Mark.NONE, " "),
        (Mark.CODE, "receipts[-1]"),
        (Mark.NONE, "."),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*From 18:30 on* has 18:30 in it", "From 18:30 on has 18:30 in it"),
        ("It says (*try later, I am broken*).", "It says (try later, I am broken)."),
        ("Write *from … on* as `>=`", "Write from … on as `>=`"),
        ("Ask for `a *b* c`, *not* for `*`", "Ask for `a *b* c`, not for `*`"),
    ],
)
def test_emphasis_is_dropped_where_it_cannot_be_shown(text, shown):
    assert drop_emphasis(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 * 3 * 4 and 2*3*4",
        "Accept: */*, text/*;q=0.5, */*",
        "select *, count(*) from books",
        "all of *.py and *.mjs",
        "f(*args, **options) and **both**",
        "got '*a*' and not \"*b*\"",
        "one * and *two",
        "*over\nlines*",
        "a `single backtick",
    ],
)
def test_other_asterisks_stay(text):
    assert drop_emphasis(text) == text
    assert all(mark is Mark.NONE for mark, _ in read_marks(text))

"""Expected beside got: only what differs is marked, and nothing is lost."""

import pytest

from milepost.web.rendering.differences import COMPARED_CHARACTERS, mark_differences


def marked(runs):
    return [run.text for run in runs if run.differs]


def test_only_what_differs_is_marked():
    sides = mark_differences('{"total": 12, "errors": 3}', '{"total": 12, "errors": 4}')

    assert marked(sides.expected) == ["3"]
    assert marked(sides.got) == ["4"]


def test_what_is_missing_is_marked_on_the_side_that_has_it():
    sides = mark_differences("a b c", "a c")

    assert marked(sides.got) == []
    assert "b" in "".join(marked(sides.expected))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("", "x"),
        ("same", "same"),
        ("ab" * COMPARED_CHARACTERS + "x", "ab" * COMPARED_CHARACTERS + "y"),
        ("word " * COMPARED_CHARACTERS, "word " * (COMPARED_CHARACTERS + 1)),
        ("a\n\nb ", "a b"),
    ],
)
def test_the_runs_of_a_side_are_that_sides_text(one, two):
    sides = mark_differences(one, two)

    assert "".join(run.text for run in sides.expected) == one
    assert "".join(run.text for run in sides.got) == two
    assert any(run.differs for run in (*sides.expected, *sides.got)) == (one != two)

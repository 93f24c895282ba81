"""What changed between two sets of files: right, whole, and in a bounded time."""

import time

import pytest

from milepost.web.rendering.file_differences import SHOWN_ROWS, compare_files

TEN = "".join(f"line {number}\n" for number in range(1, 11))


def compare(old, new, path="a.py"):
    (found,) = compare_files({path: old}, {path: new})
    return found


def shown(side):
    return None if side is None else (side.number, "".join(run.text for run in side.runs))


def rows_of(difference):
    return [(shown(row.old), shown(row.new)) for hunk in difference.hunks for row in hunk]


def test_a_changed_line_stands_beside_what_it_became_with_the_word_marked():
    found = compare("a = 1\nb = 2\n", "a = 1\nb = 3\n")

    assert rows_of(found) == [((1, "a = 1"), (1, "a = 1")), ((2, "b = 2"), (2, "b = 3"))]
    same, changed = found.hunks[0]
    assert (same.differs, changed.differs) == (False, True)
    assert [run.text for run in changed.new.runs if run.differs] == ["3"]
    assert (found.change, found.removed, found.added) == ("changed", 1, 1)


def test_in_lines_that_have_little_in_common_no_word_is_marked():
    found = compare("total = add(1, 2)\n", "for line in sys.stdin:\n")

    (row,) = found.hunks[0]
    assert (len(row.old.runs), len(row.new.runs)) == (1, 1)
    assert row.differs


def test_lines_that_came_or_went_have_nothing_beside_them():
    came = compare("a\nc\n", "a\nb\nc\n")
    went = compare("a\nb\nc\n", "a\nc\n")

    assert rows_of(came)[1] == (None, (2, "b"))
    assert rows_of(went)[1] == ((2, "b"), None)
    assert (came.removed, came.added, went.removed, went.added) == (0, 1, 1, 0)


def test_what_is_the_same_for_long_is_left_out_but_for_what_is_around_a_change():
    found = compare(f"{TEN}old\n{TEN}", f"{TEN}new\n{TEN}")

    numbers = [old[0] for old, _ in rows_of(found)]
    assert numbers == [8, 9, 10, 11, 12, 13, 14]


def test_two_changes_far_apart_are_two_stretches():
    found = compare(f"one\n{TEN}two\n", f"ONE\n{TEN}TWO\n")

    assert [len(hunk) for hunk in found.hunks] == [4, 4]


def test_files_that_are_new_gone_and_the_same_are_told_apart():
    found = compare_files(
        {"same.py": "x\n", "gone.py": "y\n"}, {"same.py": "x\n", "new.py": "z\nz\n"}
    )

    assert [(each.path, each.change) for each in found] == [
        ("gone.py", "removed"),
        ("new.py", "added"),
        ("same.py", "same"),
    ]
    assert rows_of(found[1]) == [(None, (1, "z")), (None, (2, "z"))]


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("a\r\nb\r\n", "a\nc\n", [((1, "a"), (1, "a")), ((2, "b"), (2, "c"))]),
        ("a\r\n", "a\n", [((1, "a␍"), (1, "a"))]),
        ("a\n", "a", [((1, "a"), (1, "a")), ((2, ""), None)]),
        ("a", "a\nb", [((1, "a"), (1, "a")), (None, (2, "b"))]),
        ("", "a\n", [(None, (1, "a"))]),
        ("a\n", "", [((1, "a"), None)]),
    ],
    ids=["both kinds", "only how lines end", "no line feed", "added", "was empty", "is empty"],
)
def test_how_lines_end_is_shown_where_nothing_else_differs(old, new, rows):
    assert rows_of(compare(old, new)) == rows


def test_what_can_not_be_seen_is_made_visible():
    assert rows_of(compare("", "a\u202eb\n")) == [(None, (1, "a⟨U+202E⟩b"))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x\n" * 130_000, "y\n" * 130_000),
        ("x y " * 60_000, "y x " * 60_000),
        ("".join(f"{n % 20}\n" for n in range(1000)), "".join(f"{n % 19}\n" for n in range(1000))),
    ],
    ids=["many lines", "one long line", "lines that repeat"],
)
def test_much_is_compared_in_a_bounded_time_and_shown_up_to_a_bound(old, new):
    files = {f"{number}.py": old for number in range(4)}
    began_at = time.process_time()

    found = compare_files(files, dict.fromkeys(files, new))

    assert time.process_time() - began_at < 10
    assert sum(len(hunk) for each in found for hunk in each.hunks) <= SHOWN_ROWS
    assert all(each.change == "changed" for each in found)
    assert found[-1].is_cut == (sum(map(len, found[-1].hunks)) < found[-1].added)

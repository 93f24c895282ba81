"""What checks share: right answers pass, wrong ones fail in words, and no value breaks a check."""

import random as drawing
from contextlib import suppress
from decimal import Decimal

import pytest

from milepost.engine.checks.answers import (
    list_keys,
    name_json_type,
    require_address,
    require_json_type,
)
from milepost.engine.checks.cases import cases, spread
from milepost.engine.checks.comparing import Mismatch
from milepost.engine.checks.evidence import Recorder, record_into
from milepost.engine.checks.faults import GuestFault, SolutionRaised
from milepost.engine.checks.learner_code import (
    as_plain,
    ask,
    in_words,
    quote_error,
    require_exit,
    require_value,
    say_call,
)
from milepost.engine.checks.program import ProgramRun
from milepost.engine.checks.row_sets import (
    are_near,
    are_same_rows,
    as_number,
    pick_astray,
    require_columns,
)
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.values import UNDEFINED, Instance, Language

ODD_VALUES = [
    None,
    True,
    -1,
    0.0,
    float("nan"),
    10**9000,
    "",
    "\ud800\n",
    b"\xff",
    [],
    {},
    UNDEFINED,
]
ODD_VALUES += [Instance("Odd", x=1), Decimal("NaN"), {"id": [None]}, [[{}]]]


def message_of(act):
    """Return the sentence with which a helper fails the check."""
    with pytest.raises((AssertionError, GuestFault)) as caught:
        act()
    return str(caught.value)


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: type(value).__name__)
def test_no_value_breaks_a_check_that_looks_at_it(value):
    assert name_json_type(value) != ""
    for look in (
        lambda: require_json_type(value, "x", "a text"),
        lambda: require_address(value, "x"),
        lambda: list_keys(value),
        lambda: require_value(value, "`f()`"),
        lambda: as_plain(value),
        lambda: as_number(value),
        lambda: are_near(value, Decimal(1), Decimal(1)),
        lambda: pick_astray(["a"], [(value,)], [(1,)]),
    ):
        with suppress(AssertionError):
            look()


# What learner code gives


class Code:
    """Learner code that gives what it is told to, or raises it."""

    def __init__(self, gives, language=Language.PYTHON):
        self._gives = gives
        self.language = language

    def call(self, *_):
        if isinstance(self._gives, Exception):
            raise self._gives
        return self._gives


def test_a_call_returns_its_value_and_says_what_went_wrong():
    raised = SolutionRaised("It raised", type="KeyError", message="'x'", traceback="…")

    assert ask(Code(7), "count_words", "a") == 7
    assert message_of(lambda: ask(Code(raised), "count_words", "a")).startswith(
        "Your `count_words(\"a\")` raised `KeyError: 'x'`. Its input is as the brief describes it"
    )
    assert message_of(lambda: ask(Code(None), "count_words", "a")).startswith(
        'Your `count_words("a")` returned nothing.'
    )
    assert "so look there" in message_of(
        lambda: in_words(lambda: Code(raised).call(), "`f`", "so look there")
    )


def test_a_call_is_written_as_its_language_does():
    assert say_call(Code(1, Language.NODE), "count_words", ("a", 2)) == '`countWords("a", 2)`'
    assert say_call(Code(1), "count_words", (["a"], 2)) == "`count_words(…)`"


def test_a_value_becomes_plain_at_every_level():
    assert as_plain((Instance("Book", tags=("a", UNDEFINED)),)) == [{"tags": ["a", None]}]
    assert as_plain(Instance("Book", x=1), objects=False) == Instance("Book", x=1)


def test_an_exit_code_is_told_with_the_error_that_ended_the_program():
    run = ProgramRun(1, "", "Traceback\n  File\nKeyError: 'x'\n", 0.1)

    require_exit(run, 1, "on an empty log", "why")
    with pytest.raises(Mismatch) as caught:
        require_exit(run, 0, "on an empty log", "An empty log is fine")
    assert str(caught.value) == (
        "Your program ended with exit code 1 instead of 0 on an empty log: `KeyError: 'x'`."
        " An empty log is fine"
    )
    assert quote_error(ProgramRun(1, "", "\x00no such thing", 0.1)) == ""


# Rows


class Run:
    """What a file of SQL gave."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, Rows(columns, rows)


def test_columns_are_those_that_were_agreed_in_their_order():
    require_columns(Run(("a", "b"), [(1, 2)]), "a", "b")

    assert "gave no rows to read" in message_of(lambda: require_columns(Run((), []), "a"))
    assert "`b` is missing" in message_of(lambda: require_columns(Run(("a",), [(1,)]), "a", "b"))
    assert "more columns" in message_of(
        lambda: require_columns(Run(("a", "b"), [(1, 2)]), "b", "a")
    )
    assert "gave no rows, though" in message_of(lambda: require_columns(Run(("a",), []), "a"))


def test_rows_that_are_astray_are_picked_by_their_key():
    nan = float("nan")
    found, expected = [(1, "a"), (2, "b"), (3, nan)], [(1, "a"), (2, "c"), (3, nan)]

    got, wanted = pick_astray(("id", "name"), found, expected)

    assert (got, wanted) == ([(2, "b")], [(2, "c")])
    assert pick_astray(["id"], [(1,)], [(1,)]) == (Rows(["id"]), Rows(["id"]))
    assert pick_astray(["id"], [(2,), (1,)], [(1,), (2,)]) == ([(2,), (1,)], [(1,), (2,)])
    many = [(n, 0) for n in range(50)]
    assert len(pick_astray(("id", "n"), many, [(n, 1) for n in range(50)])[0]) == 12


def test_rows_are_the_same_in_any_order_each_as_often():
    assert are_same_rows([(1, [2]), (3, {})], [[3, {}], (1, [2])])
    assert not are_same_rows([(1,), (1,)], [(1,), (2,)])
    assert not are_same_rows([(1,)], [(1,), (1,)])


def test_a_number_is_one_whatever_its_type_and_a_text_is_none():
    assert [as_number(each) for each in (2, 2.5, Decimal(2))] == [2, Decimal("2.5"), 2]
    assert [as_number(each) for each in ("2", True, None)] == ["2", True, None]
    assert are_near(1.01, Decimal(1), Decimal("0.02"))
    assert not are_near("1", Decimal(1), Decimal(1))
    assert not are_near(Decimal("NaN"), Decimal(1), Decimal(1))


# Cases, and inputs from border to border


def test_each_case_is_a_line_of_the_evidence():
    recorder = Recorder(0.0)
    record_into(recorder)

    through = [case for _, case in cases({"no month": "a", "no size": "b"})]

    assert through == ["a", "b"]
    assert [piece.title for piece in recorder.pieces] == [
        "Case 1 of 2: no month",
        "Case 2 of 2: no size",
    ]
    with pytest.raises(ValueError, match="judges nothing"):
        list(cases({}))


def test_inputs_reach_from_border_to_border():
    random = drawing.Random(1)  # noqa: S311 - repeatable on purpose
    numbers = spread(random, (100, 199), (5, 5), (7, 8))

    assert numbers[0] == 100
    assert numbers[2:] == [199, 5, 7, 8]
    assert 100 < numbers[1] < 199


async def test_a_failed_helper_shows_both_sides_and_where_the_table_stood(grade):
    graded = await grade(
        """
        from milepost.engine.checks.cases import cases
        from milepost.engine.checks.comparing import require_equal

        @check(task="t", objectives=["o"])
        def test_it(solution):
            for name, number in cases({"one": 1, "two": 2, "three": 3}):
                got = solution.call("double", number)
                require_equal(got, number * 2, f"Twice {number} is another number")
        """,
        """
        def double(number):
            return number * 2 if number == 1 else number
        """,
    )

    assert graded.only.message == "Twice 2 is another number"
    assert (graded.only.got, graded.only.expected) == ("2", "4")
    titles = [piece.title for piece in graded.only.evidence]
    assert [each for each in titles if each.startswith("Case")] == [
        "Case 1 of 3: one",
        "Case 2 of 3: two",
    ]

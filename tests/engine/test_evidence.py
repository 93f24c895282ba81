"""What a check sent is kept as it was sent; what was printed can't steer whatever shows it."""

from decimal import Decimal

import pytest

from milepost.engine import Verdict
from milepost.engine.checks.evidence import clean, describe_input, shorten, show_value
from milepost.engine.checks.judge import compare
from milepost.engine.checks.rows import Rows

LINE = "GET /\r\n"


def test_json_values_keep_their_every_character():
    kept, cut = shorten({"arguments": [LINE, {LINE: "\x1b[31m"}], "value": LINE})

    assert (kept, cut) == ({"arguments": [LINE, {LINE: "\x1b[31m"}], "value": LINE}, False)
    assert show_value([LINE]) == '[\n "GET /\\r\\n"\n]'


def test_what_no_database_keeps_is_still_seen():
    assert shorten({"arguments": ["a\x00b\ud800"]})[0] == {"arguments": ["a␀b?"]}


def test_words_show_a_carriage_return_and_lose_terminal_codes():
    assert clean("one\r\n\x1b[31mtwo\x1b[0m\r") == "one␍\ntwo␍"
    assert describe_input(b"one\r\ntwo\r\n").head == "one␍\ntwo␍"


async def test_evidence_of_any_size_does_not_break_the_run(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            for number in range(40):
                solution.call("flood", number)
        """,
        "def flood(n):\n    print('\u4e00' * 100_000)\n    return ['\u4e00' * 100_000]\n",
    )

    assert graded.report.verdict is Verdict.PASSED
    assert 5 < len(graded.only.evidence) < 40


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Rows(["month"], [("1",)]), [(1,)]),
        ("7.50", Decimal("7.5")),
        ("7", 7),
        ([1, "2"], [1, 2]),
    ],
    ids=["rows", "decimal", "number", "list"],
)
def test_values_of_different_types_never_look_alike(left, right):
    told = compare("==", left, right)

    assert told.got != told.expected
    assert "'" in told.got or '"' in told.got

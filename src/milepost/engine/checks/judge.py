"""Turns the way a check ended into its result: outcome, sentence, expected and got.

An assertion that fails is the learner's; a GuestFault brings its own outcome; any other error is
the check's own fault and makes the lab broken, never the learner wrong.
"""

import traceback
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from milepost.engine.checks.evidence import cap, clean, show_value
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.rows import Rows, show_sides
from milepost.engine.results import CheckResult, Outcome

_EXPLANATION = "\nassert "
_BRIEF_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last comparison that failed inside an assertion, and what pytest was told of it."""

    explanation: str
    expected: str
    got: str


def compare(operator: str, left: Any, right: Any) -> Comparison:
    """Describe a failed comparison. By convention the left is what came, the right what should.

    pytest's own description would take minutes over two long texts.
    """
    got, expected = show_value(left), show_value(right)
    if isinstance(left, Rows) and isinstance(right, list):
        got, expected = show_sides(left, right)
    # The number 7.5 and the text "7.50" look alike until the text is quoted.
    if got == expected:
        got, expected = _cap_repr(left), _cap_repr(right)
    elif _are_text_and_number(left, right):
        got = _cap_repr(left) if isinstance(left, str) else got
        expected = _cap_repr(right) if isinstance(right, str) else expected
    if operator != "==":
        expected = f"{operator} {expected}"
    return Comparison(f"{_brief(got)} {operator} {_brief(show_value(right))}", expected, got)


def _are_text_and_number(left: Any, right: Any) -> bool:
    other = right if isinstance(left, str) else left
    texts = isinstance(left, str), isinstance(right, str)
    return any(texts) and isinstance(other, int | float | Decimal)


def judge(
    result: CheckResult, error: BaseException | None, comparison: Comparison | None
) -> CheckResult:
    """Fill in outcome and words of a result from the error that ended its check, if any."""
    match error:
        case None:
            return replace(result, outcome=Outcome.PASSED)
        case GuestFault():
            return replace(
                result,
                outcome=error.outcome,
                message=_field(str(error)),
                detail=_field(error.detail),
            )
        case AssertionError() | pytest.fail.Exception():
            return _failed(result, str(error), comparison)
        case _:
            return replace(
                result,
                outcome=Outcome.BROKEN,
                message=_field(
                    f"This check itself is broken{_say_line(error)}:"
                    f" {type(error).__name__}: {error}"
                ),
                detail=_field("".join(traceback.format_exception(error))),
            )


def _failed(result: CheckResult, text: str, comparison: Comparison | None) -> CheckResult:
    message, _, _ = text.partition(_EXPLANATION)
    if text.startswith(_EXPLANATION.strip()):
        message = f"This does not hold yet: {result.title}."
    failed = replace(result, outcome=Outcome.FAILED, message=_field(message), detail=_field(text))
    # An older comparison, whose failure the check had caught, must not explain this one.
    if comparison is not None and comparison.explanation in text:
        return replace(failed, expected=comparison.expected, got=comparison.got)
    return failed


def _say_line(error: BaseException) -> str:
    """Say on which line of checks.py the error came up, if it did there."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == "checks.py"]
    return f" (checks.py line {lines[-1]})" if lines else ""


def _field(text: str) -> str:
    return cap(clean(text))[0]


def _cap_repr(value: Any) -> str:
    return _field(repr(value))


def _brief(text: str) -> str:
    # One line: pytest gives a meaning to some characters at the beginning of further ones.
    line = " ".join(text.split())
    return line if len(line) <= _BRIEF_CHARACTERS else line[:_BRIEF_CHARACTERS] + "…"

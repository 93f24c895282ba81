"""Turns the way a check ended into its result: outcome, sentence, expected and got.

An assertion that fails is the learner's, and a GuestFault brings its own outcome. After any other
error the check is broken, and whose fault that is can't be told here: a value of learner code may
have raised it. The caller of the engine decides (`blame.blame_answer`).
"""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from milepost.engine.checks.comparing import Exactly, Mismatch, explain_difference
from milepost.engine.checks.evidence import cap, clean, show_value
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.files import find_place
from milepost.engine.checks.rows import Rows, show_sides
from milepost.engine.checks.values import Language
from milepost.engine.checks.written import write_value
from milepost.engine.evidence.contract import Evidence
from milepost.engine.results import CheckResult, Outcome

_EXPLANATION = "\nassert "
_BRIEF_CHARACTERS = 120
_SAID_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last comparison that failed inside an assertion, and what pytest was told of it."""

    explanation: str
    expected: str
    got: str


def compare(operator: str, left: Any, right: Any, language: Language | None = None) -> Comparison:
    """Describe a failed comparison. By convention the left is what came, the right what should.

    Values are written as `language` does, where one is given. pytest's own description would take
    minutes over two long texts.
    """
    got, expected = _show_both(_strip(left), _strip(right), language)
    brief = f"{_brief(got)} {operator} {_brief(_show(_strip(right), language))}"
    is_exact = isinstance(left, Exactly) or isinstance(right, Exactly)
    if operator == "==" and not isinstance(left, Rows):
        why = explain_difference(_strip(left), _strip(right), language, is_exact=is_exact)
        got += f"\n\n{why}" if why else ""
    if operator != "==":
        expected = f"{operator} {expected}"
    return Comparison(brief, expected, got)


def _show_both(left: Any, right: Any, language: Language | None) -> tuple[str, str]:
    got, expected = _show(left, language), _show(right, language)
    if isinstance(left, Rows) and isinstance(right, list):
        got, expected = show_sides(left, right)
    # The number 7.5 and the text "7.50" look alike until the text is quoted.
    if got == expected:
        return _quote(left, language), _quote(right, language)
    if _are_text_and_number(left, right):
        got = _quote(left, language) if isinstance(left, str) else got
        expected = _quote(right, language) if isinstance(right, str) else expected
    return got, expected


def _strip(value: Any) -> Any:
    return value.value if isinstance(value, Exactly) else value


def _show(value: Any, language: Language | None) -> str:
    if language is None or isinstance(value, str):
        return show_value(value)
    return _field(write_value(value, language))


def _quote(value: Any, language: Language | None) -> str:
    return _field(repr(value) if language is None else write_value(value, language))


def _are_text_and_number(left: Any, right: Any) -> bool:
    other = right if isinstance(left, str) else left
    texts = isinstance(left, str), isinstance(right, str)
    return any(texts) and isinstance(other, int | float | Decimal)


def judge(
    result: CheckResult,
    error: BaseException | None,
    comparison: Comparison | None,
    evidence: Sequence[Evidence] = (),
) -> CheckResult:
    """Return the result with evidence, and the outcome and words of the error that ended it."""
    result = replace(result, evidence=tuple(evidence))
    match error:
        case None:
            return replace(result, outcome=Outcome.PASSED)
        case GuestFault():
            return replace(
                result,
                outcome=error.outcome,
                message=_field(str(error)),
                detail=_field(error.detail),
                has_run=error.has_run,
            )
        case Mismatch():
            sides = compare("==", error.got, error.expected)
            return _failed(result, f"{error}{_EXPLANATION}{sides.explanation}", sides)
        case AssertionError() | pytest.fail.Exception():
            return _failed(result, str(error), comparison)
        case _:
            return replace(
                result,
                outcome=Outcome.BROKEN,
                message=_field(_say_what_broke(error, evidence)),
                detail=_field(_write_error(traceback.format_exception, error)),
            )


def _failed(result: CheckResult, text: str, comparison: Comparison | None) -> CheckResult:
    message, _, _ = text.partition(_EXPLANATION)
    if text.startswith(_EXPLANATION.strip()):
        message = f"This does not hold yet: {result.title}."
    detail = "" if text == message else _field(text)
    failed = replace(result, outcome=Outcome.FAILED, message=_field(message), detail=detail)
    # An older comparison, whose failure the check had caught, must not explain this one.
    if comparison is not None and comparison.explanation in text:
        return replace(failed, expected=comparison.expected, got=comparison.got)
    return failed


def _say_what_broke(error: BaseException, evidence: Sequence[Evidence]) -> str:
    """Return what the check was reading when it broke, and the error with its line."""
    place = find_place(error)
    where = f" ({place[0]} line {place[1]})" if place is not None else ""
    steps = [piece.title for piece in evidence if not piece.is_remark]
    said = _brief(_write_error(traceback.format_exception_only, error), most=_SAID_CHARACTERS)
    if not steps:
        return f"This check itself is broken{where}: {said}"
    return f"This check could not read what came from `{_brief(steps[-1])}`{where}: {said}"


def _write_error(write: Callable[[BaseException], list[str]], error: BaseException) -> str:
    """Write an error down, even one whose text raises an error of its own."""
    try:
        return "".join(write(error))
    except Exception as worse:  # noqa: BLE001 - whatever it is, it must not end the run
        return f"an error that cannot be shown ({type(worse).__name__})"


def _field(text: str) -> str:
    return cap(clean(text))[0]


def _brief(text: str, most: int = _BRIEF_CHARACTERS) -> str:
    # One line: pytest gives a meaning to some characters at the beginning of further ones.
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most] + "…"

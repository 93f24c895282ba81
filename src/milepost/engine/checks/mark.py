"""The `check` decorator: binds a pytest function to a task and to the objectives it proves.

It only marks. Collecting and running marked functions is `plugin`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
_ATTRIBUTE = "__milepost_check__"


@dataclass(frozen=True, slots=True)
class CheckMark:
    """What a lab says about one of its checks."""

    task: str
    objectives: tuple[str, ...]
    hidden: bool


def check(
    *, task: str, objectives: Sequence[str], hidden: bool = False
) -> Callable[[Function], Function]:
    """Make a function a check. The first line of its docstring is what the learner reads."""

    def mark(function: Function) -> Function:
        setattr(function, _ATTRIBUTE, CheckMark(task, tuple(objectives), hidden))
        return function

    return mark


def find_mark(function: object) -> CheckMark | None:
    """Find what `check` left on a function."""
    mark = getattr(function, _ATTRIBUTE, None)
    return mark if isinstance(mark, CheckMark) else None

"""What checks say when learner code raises, returns nothing, or ends with another exit code.

A check that calls it so need not put into words what every check has to say. What a value is in
each language is `values`, how a call travels `solution`.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from milepost.engine.checks.comparing import require_equal
from milepost.engine.checks.faults import SolutionRaised
from milepost.engine.checks.values import UNDEFINED, Instance, Language

if TYPE_CHECKING:
    from milepost.engine.checks.program import ProgramRun

_SHOWN_CHARACTERS = 120
_ERROR = re.compile(r"\w*(?:Error|Exception|Refused|NotFound)\b")
_SLIP = (
    "Its input is as the brief describes it, so the slip is in your code. The last line of the"
    " traceback that names your file is the place: see what you take for granted there"
)


class Callee(Protocol):
    """Learner code whose functions are called."""

    @property
    def language(self) -> str:
        """Return the name of its language."""

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function, and return what it returned."""


def ask(solution: Callee, name: str, *arguments: Any) -> Any:
    """Call a function whose input is right, and return what it returned, which must be something.

    Where it raises, or returns nothing, the check fails with a sentence that names the call.
    """
    call = say_call(solution, name, arguments)
    value = in_words(lambda: solution.call(name, *arguments), call)
    require_value(value, call)
    return value


def in_words(act: Callable[[], Any], call: str, why: str = _SLIP) -> Any:
    """Return what an act gives; an error of learner code is told with the call and with `why`."""
    try:
        return act()
    except SolutionRaised as error:
        said = f": {error.message[:_SHOWN_CHARACTERS]}" if error.message else ""
        raise SolutionRaised(
            f"Your {call} raised `{error.type}{said}`. {why}",
            type=error.type,
            message=error.message,
            traceback=error.detail,
        ) from error


def require_value(value: Any, call: str) -> None:
    """Fail if a call returned nothing."""
    if value is None or value is UNDEFINED:
        raise AssertionError(
            f"Your {call} returned nothing. What a function prints, only you see; other code goes"
            " on with what it returns. End it with `return` and the value that you worked out"
        )


def say_call(solution: Callee, name: str, arguments: tuple[Any, ...] | list[Any]) -> str:
    """Write a call as the learner would, with its arguments where all are numbers or texts."""
    if solution.language == Language.NODE:
        name = re.sub(r"_(\w)", lambda found: found[1].upper(), name)
    short = [value for value in arguments if isinstance(value, int | str)]
    shown = ", ".join(json.dumps(value) for value in short) if len(short) == len(arguments) else "…"
    return f"`{name}({shown})`"


def as_plain(value: Any, *, objects: bool = True) -> Any:
    """Return a value as JSON would hold it, at every level.

    A tuple will do for a list, JavaScript's `undefined` for null and, unless `objects` is false, an
    object of a class for a record.
    """
    if value is UNDEFINED:
        return None
    if isinstance(value, Instance) and objects:
        value = value.fields
    if isinstance(value, dict):
        return {key: as_plain(inner, objects=objects) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(inner, objects=objects) for inner in value]
    return value


def require_exit(run: "ProgramRun", code: int, when: str, why: str) -> None:
    """Fail unless a program ended with this exit code.

    `when` says on what, such as "on an empty log"; the error that ended the program is quoted.
    """
    message = (
        f"Your program ended with exit code {run.exit_code} instead of {code} {when}"
        f"{quote_error(run)}. {why}"
    )
    require_equal(run.exit_code, code, message)


def quote_error(run: "ProgramRun") -> str:
    """Quote the error that ended a program, behind a colon, where standard error shows one."""
    errors = [line for line in run.stderr.splitlines() if _ERROR.match(line)]
    return f": `{errors[-1][:_SHOWN_CHARACTERS]}`" if errors else ""

"""A call of the learner's function, method or class as evidence, and what it returned or raised.

Values stand here as JSON; where their own language writes them differently, so does `written`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from milepost.engine.evidence.contract import CALLS, Evidence, Lane


@dataclass(frozen=True, slots=True)
class CallArguments:
    """What was called, and with what."""

    name: str
    arguments: tuple[Any, ...] | str = ()
    written: tuple[str, ...] | str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A value that came back."""

    value: Any
    written: str | None = None
    arguments_afterwards: tuple[str, ...] | str | None = None
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An object was made, which stays in the learner's process under a number."""

    object: int
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class RaisedError:
    """An error of the learner's code."""

    type: str = ""
    message: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """The call ended with an error."""

    error: RaisedError | str
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class NoReturn:
    """The call did not come back; `fault` says why."""

    fault: str = ""
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall(Evidence):
    """A call and what came of it."""

    kind: Literal["call"] = field(default="call", init=False)
    request: CallArguments
    response: Returned | Made | Raised | NoReturn

    lane: ClassVar[Lane | None] = CALLS
    bounded_by: ClassVar[str | None] = "run_seconds"

    @property
    def has_printed(self) -> bool:
        """Whether the function printed something, which no check of a call asks for."""
        return bool(self.printed_lines)

    @property
    def printed_lines(self) -> tuple[str, ...]:
        """The lines that it printed, then those that it printed as errors."""
        return (*self.response.stdout.splitlines(), *self.response.stderr.splitlines())

    def summarise(self) -> str:
        """Return the value that came back, or the name of the error."""
        match self.response:
            case Returned(value=value, written=written):
                from milepost.engine.visible import write_json

                return written if written is not None else write_json(value)
            case Raised(error=RaisedError(type=name)):
                return f"raised {name or 'an error'}"
            case Raised():
                return "raised an error"
            case NoReturn():
                return "did not return"
            case _:
                return ""

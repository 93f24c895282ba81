"""Evidence that comes from no step of a check: remarks, and what learner code printed.

A check never ends over these, so they are not what a failure is told with first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from milepost.engine.evidence.contract import NOTHING, Cutter, Evidence, Nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Evidence):
    """A remark of a check's author, or of a component on what the check had it do."""

    kind: Literal["note"] = field(default="note", init=False)
    request: Mapping[str, Any] = field(default_factory=dict)  # values of the author's choice
    response: Nothing = NOTHING

    is_remark: ClassVar[bool] = True

    @property
    def has_body(self) -> bool:
        """Whether there are values to show."""
        return bool(self.request)


@dataclass(frozen=True, slots=True)
class StartedWith:
    """How a service was started that did not begin to listen."""

    argv: str | None = None
    environment: dict[str, str] | str | None = None


_UNKNOWN = StartedWith()


@dataclass(frozen=True, slots=True)
class Printed:
    """Lines of output, the last of them; `fault` says what went wrong meanwhile."""

    lines: tuple[str, ...] | str = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLog(Evidence):
    """What a service of the learner's printed."""

    kind: Literal["log"] = field(default="log", init=False)
    request: StartedWith = _UNKNOWN
    response: Printed

    is_remark: ClassVar[bool] = True
    is_print: ClassVar[bool] = True

    @property
    def printed_lines(self) -> tuple[str, ...]:
        """The lines, also of a log that was too long to be kept as such."""
        lines = self.response.lines
        return tuple(lines.splitlines()) if isinstance(lines, str) else lines

    def summarise(self) -> str:
        """Return in words how much was printed."""
        count = len(self.printed_lines)
        return "1 line" if count == 1 else f"{count} lines"

    def excerpt(self, cutter: Cutter) -> Self:
        """Keep the last lines."""
        printed = replace(self.response, lines=cutter.cut_lines(self.printed_lines))
        return replace(self, response=printed)

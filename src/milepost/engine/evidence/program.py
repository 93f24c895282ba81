"""A run of the learner's program as evidence: its command, its input, what it printed, its end.

Running it, and its files, are the business of `checks.program`.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from milepost.engine.evidence.contract import CALLS, Evidence, Lane


@dataclass(frozen=True, slots=True)
class InputHead:
    """An input by its size and its first lines; whole inputs would drown a reader."""

    bytes: int
    lines: int
    head: str


@dataclass(frozen=True, slots=True)
class ProgramInput:
    """What a program was given."""

    argv: tuple[str, ...] | str = ()
    stdin: InputHead | str | None = None
    files: dict[str, InputHead] | str = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """What came of it. `exit_code` is None where it was stopped."""

    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RanProgram(Evidence):
    """A run of the program."""

    kind: Literal["program"] = field(default="program", init=False)
    request: ProgramInput
    response: ProgramOutput

    lane: ClassVar[Lane | None] = CALLS
    bounded_by: ClassVar[str | None] = "run_seconds"

    def summarise(self) -> str:
        """Return in words how the program ended."""
        code = self.response.exit_code
        return "stopped" if code is None else f"exit {code}"

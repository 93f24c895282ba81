"""What was done to one answer of a check when a lab is verified.

Its author reads it, never a learner. What is changed, and how, lives in `checks.spoiling`.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from milepost.engine.evidence.contract import NOTHING, Evidence, Nothing


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """The place in an answer that was changed, and what it became."""

    place: str
    kind: str
    was: str = ""
    became: str = ""


@dataclass(frozen=True, slots=True)
class Spoilable:
    """A place that could be changed in one way, in the answers at these positions."""

    place: str
    kind: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpoilFindings:
    """What could be changed, and the error that was no judgement, if the check raised one."""

    answers: int
    found: tuple[Spoilable, ...] | str = ()
    error: str | None = None
    file: str = ""  # of the lab's checks
    line: int | None = None  # of that file


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoiledAnswer(Evidence):
    """The last piece of a check's evidence in a run that asks for it."""

    kind: Literal["spoiled"] = field(default="spoiled", init=False)
    title: str = ""
    request: ChangedAnswer | Nothing = NOTHING
    response: SpoilFindings

    is_remark: ClassVar[bool] = True

"""What every kind of evidence has, and what is asked of it wherever it is shown or counted.

No question about a kind's name is asked outside its own class: pages, terminals and gates ask the
properties below. Check processes import this, so nothing dear may be imported here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self, TypeVar

Part = TypeVar("Part")


class Actor(StrEnum):
    """Who did what a piece of evidence tells of."""

    CHECK = "check"
    LEARNER = "learner"  # learner code, while the check waited for it


@dataclass(frozen=True, slots=True)
class Lane:
    """A colour of the figure of a run, and what is counted under it. Lanes stand in `order`."""

    name: str
    order: int
    title: str
    one: str  # of what is counted


REQUESTS = Lane("requests", 10, "Requests", "request")
STATEMENTS = Lane("statements", 20, "SQL statements", "statement")
STORE = Lane("store", 30, "Redis commands", "Redis command")
CALLS = Lane("calls", 40, "Programs and calls", "call")


class Cutter(Protocol):
    """Cuts what is long down to what one reads at first. The lengths are the page's affair."""

    def cut_fields(self, part: Part) -> Part:
        """Return a record whose every field is cut."""

    def cut_items(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the first items, each cut, without a word on how many are left out."""

    def cut_lines(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Return the last lines, where the reason of a failure stands."""

    def cut_body(self, body: str) -> str:
        """Return the beginning of a body, laid out first if it is JSON."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A side of which nothing is known, such as the answer to what learner code did."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that happened in a check.

    A kind adds `request` and `response`, records of fields that JSON can hold. A field other than
    text that is too long as JSON is kept as the beginning of that JSON: then it is a `str`.
    """

    kind: str = field(default="", init=False)
    title: str
    at_seconds: float = 0.0  # since the start of the run
    duration_seconds: float = 0.0
    actor: Actor = Actor.CHECK
    request: Any = NOTHING
    response: Any = NOTHING
    repeat: str | None = None  # the shell line that repeats it on the learner's own machine
    truncated: bool = False

    lane: ClassVar[Lane | None] = None  # None: it is not drawn in the figure of a run
    bounded_by: ClassVar[str | None] = None  # the limit that its duration is compared with
    is_remark: ClassVar[bool] = False  # it tells that something was said, not that it was done
    is_print: ClassVar[bool] = False  # it holds what the learner's code printed

    @property
    def has_printed(self) -> bool:
        """Whether learner code printed here though nothing asked for it: to look, most likely."""
        return False

    @property
    def is_step(self) -> bool:
        """Whether this is something that the check itself did."""
        return not self.is_remark and self.actor is Actor.CHECK

    @property
    def is_frame(self) -> bool:
        """Whether it only begins or ends something, such as a transaction."""
        return False

    @property
    def only_looks(self) -> bool:
        """Whether it only looked at what something before it had changed."""
        return False

    @property
    def changes(self) -> bool:
        """Whether it is what a later look may be about."""
        return False

    @property
    def shows_breakdown(self) -> bool:
        """Whether learner code broke down over it, so that what it printed tells why."""
        return False

    @property
    def ran_file(self) -> str | None:
        """The learner's file that it ran, if it names one."""
        return None

    @property
    def printed_lines(self) -> tuple[str, ...]:
        """The lines that learner code printed, as far as this holds them."""
        return ()

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than its line."""
        return bool(self.repeat or self.request != NOTHING or self.response != NOTHING)

    def summarise(self) -> str:
        """Return in a few words what came back; empty where the title says it all."""
        return ""

    def describe(self) -> str:
        """Return the line that stands for it where there is only text, as in a terminal."""
        summary = self.summarise()
        return f"{self.title} → {summary}" if summary else self.title

    def excerpt(self, cutter: Cutter) -> Self:
        """Return this evidence with its long parts cut short."""
        return replace(
            self,
            request=cutter.cut_fields(self.request),
            response=cutter.cut_fields(self.response),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvidence(Evidence):
    """Evidence of a kind that is not known here, or that does not look as its kind does.

    It stands for what a newer server sends, and for what is stored from a component that is gone.
    """

    kind: str = field(default="")
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than its line."""
        return bool(self.repeat or self.request or self.response)

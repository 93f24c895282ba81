"""What the API answers of gradings: checks with their evidence, stages, hints, and what happens.

Words of the server's that may grow (verdicts, outcomes, states) stay text here, so that an older
client still shows what it does not know.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from milepost.client.answer import Answer, Line


class Evidence(Answer):
    """One thing that a check did, and what came back."""

    kind: str
    title: str
    at_seconds: float
    duration_seconds: float
    actor: str = "check"  # a server of 0.1.0 does not send it
    request: dict[str, Any]
    response: dict[str, Any]
    repeat: str | None
    truncated: bool


class Check(Answer):
    """How one check ended."""

    name: str
    title: str
    task: str
    objectives: tuple[str, ...]
    hidden: bool
    outcome: str
    message: str
    expected: str | None
    got: str | None
    detail: str
    duration_seconds: float
    evidence: tuple[Evidence, ...]


class GradingSummary(Answer):
    """Where a submission's newest grading stands."""

    id: UUID
    status: str
    verdict: str | None
    graded_at: datetime | None


class Misconception(Answer):
    """What somebody may have in mind whose work fails exactly as a known wrong answer does."""

    title: str
    text: str


class Stage(Answer):
    """A stage of a lab, as one run of the checks left it."""

    slug: str
    title: Line
    number: int
    state: str
    passed_count: int
    check_count: int
    passed_before_at: datetime | None = None


class Hint(Answer):
    """A step of a hint that is open."""

    step: int
    kind: str
    text: str
    address: str | None = None


class CheckHints(Answer):
    """The help that a failed check offers."""

    check: Line
    step_count: int
    opened: tuple[Hint, ...]


class QueuePlace(Answer):
    """Where a waiting grading stands; of one that runs or has ended, nothing."""

    queue_position: int | None
    expected_wait_seconds: float | None = None
    grading_slots: int | None = None
    waits_because: str | None = None


class Interruption(Answer):
    """A run ended through a fault of the server's; it is tried again."""

    attempt: int
    retry_at: datetime | None


class Doubt(Answer):
    """A check could not read the answer; the lab's own solution is graded to see whose fault."""

    attempt: int


class Build(Answer):
    """How a submission was built, before any check."""

    passed: bool
    output: str
    seconds: float


class Grading(QueuePlace, GradingSummary):
    """One judgement of a submission, with its checks so far."""

    submission: UUID
    attempt: int
    retry_at: datetime | None = None
    message: str
    limit_hit: str | None
    usage: dict[str, float] | None
    build: Build | None = None
    isolation: str | None
    stack_version: str | None
    engine_version: str | None
    seed: int
    queued_at: datetime
    started_at: datetime | None
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...] = ()
    stages: tuple[Stage, ...] = ()  # an older server tells none, and no hints
    hints: tuple[CheckHints, ...] = ()


class GradingEvent(Answer):
    """One thing that happened in a grading: a run began, unless one of the others is there."""

    id: Annotated[str, StringConstraints(pattern=r"^\d{1,6}\.\d{1,7}$")]
    place: QueuePlace | None = None
    interruption: Interruption | None = None
    doubt: Doubt | None = None
    check: Check | None = None
    grading: Grading | None = None

    @property
    def attempt(self) -> int:
        """Which run of the grading this belongs to. Checks of earlier runs no longer count."""
        return int(self.id.partition(".")[0])

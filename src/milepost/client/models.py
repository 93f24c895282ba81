"""What the API answers, as frozen models. A field that a newer server adds is ignored.

Words of the server's that may grow (verdicts, outcomes, states) stay text here, so that an older
client still shows what it does not know.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Health(_Answer):
    """A server that serves."""

    status: str
    version: str


class Track(_Answer):
    """A choice of one language and one framework, by their slugs."""

    language: str
    framework: str


class Me(_Answer):
    """Whose token this is."""

    id: UUID
    name: str
    track: Track | None


class TrackChoice(_Answer):
    """A language or framework that a track can name, and the stack that labs have for it."""

    slug: str
    title: str
    stack: str | None


class PathSummary(_Answer):
    """A path in a list."""

    slug: str
    title: str
    summary: str
    languages: tuple[TrackChoice, ...]
    frameworks: tuple[TrackChoice, ...]


class Course(_Answer):
    """The course suggested with a skill, and how far the learner is with it."""

    path: str
    skill: str
    title: str
    provider: str
    url: str | None
    state: str
    planned_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class SkillProgress(_Answer):
    """How far the learner is with one skill."""

    slug: str
    order: int
    title: str
    objective_count: int
    proven_count: int
    is_proven: bool
    is_start_here: bool
    course: Course


class PathProgress(_Answer):
    """How far the learner is on one path."""

    slug: str
    title: str
    start_here: str | None
    objective_count: int
    proven_count: int
    skills: tuple[SkillProgress, ...]


class Progress(_Answer):
    """How far the learner is on every path."""

    track: Track | None
    paths: tuple[PathProgress, ...]


class LabSummary(_Answer):
    """A lab in a list."""

    slug: str
    title: str
    summary: str
    path: str
    skill: str
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    passed_at: datetime | None
    last_verdict: str | None


class CheckTitle(_Answer):
    """A visible check before it runs."""

    name: str
    title: str
    task: str


class Lab(_Answer):
    """A lab as it stands now."""

    slug: str
    title: str
    summary: str
    version: str
    path: str
    skill: str
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    brief: str
    checks: tuple[CheckTitle, ...]
    hidden_check_count: int
    starter: dict[str, dict[str, str]]
    programs: dict[str, tuple[str, ...]]
    closed_at: datetime | None = None


class Evidence(_Answer):
    """One thing that a check did, and what came back."""

    kind: str
    title: str
    at_seconds: float
    duration_seconds: float
    request: dict[str, Any]
    response: dict[str, Any]
    repeat: str | None
    truncated: bool


class Check(_Answer):
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


class GradingSummary(_Answer):
    """Where a submission's newest grading stands."""

    id: UUID
    status: str
    verdict: str | None
    graded_at: datetime | None


class Misconception(_Answer):
    """What somebody may have in mind whose work fails exactly as a known wrong answer does."""

    title: str
    text: str


class QueuePlace(_Answer):
    """Where a waiting grading stands; of one that runs or has ended, nothing."""

    queue_position: int | None
    expected_wait_seconds: float | None = None
    grading_slots: int | None = None


class Interruption(_Answer):
    """A run ended through a fault of the server's; it is tried again."""

    attempt: int
    retry_at: datetime | None


class Doubt(_Answer):
    """A check could not read the answer; the lab's own solution is graded to see whose fault."""

    attempt: int


class Grading(QueuePlace, GradingSummary):
    """One judgement of a submission, with its checks so far."""

    submission: UUID
    attempt: int
    retry_at: datetime | None = None
    message: str
    limit_hit: str | None
    usage: dict[str, float] | None
    isolation: str | None
    stack_version: str | None
    engine_version: str | None
    seed: int
    queued_at: datetime
    started_at: datetime | None
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...] = ()


class Submission(_Answer):
    """What was handed in."""

    id: UUID
    lab: str
    lab_title: str
    stack: str
    kind: str
    created_at: datetime
    is_current_version: bool
    grading: GradingSummary


class GradingEvent(_Answer):
    """One thing that happened in a grading: a run began, unless one of the others is there."""

    id: str
    place: QueuePlace | None = None
    interruption: Interruption | None = None
    doubt: Doubt | None = None
    check: Check | None = None
    grading: Grading | None = None

    @property
    def attempt(self) -> int:
        """Which run of the grading this belongs to. Checks of earlier runs no longer count."""
        return int(self.id.partition(".")[0])


class DeviceAuthorization(_Answer):
    """What a terminal is told when it asks to be let in."""

    device_code: str
    user_code: str
    verification_url: str
    verification_url_complete: str
    interval_seconds: int
    expires_at: datetime


class Token(_Answer):
    """An access token."""

    token: str

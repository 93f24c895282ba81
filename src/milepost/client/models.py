"""What the API answers, as frozen models. A field that a newer server adds is ignored.

Words of the server's that may grow (verdicts, outcomes, states) stay text here, so that an older
client still shows what it does not know. What becomes a file name here is checked (`Slug`), and
what is shown on one line is one line (`Line`), whatever the server sent.
"""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

_LONGEST_LINE = 200


def to_line(text: str) -> str:
    """Return a text as one line of reasonable length, without control characters."""
    words = "".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST_LINE])
    return " ".join(words.split())[:_LONGEST_LINE]


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, AfterValidator(to_line)]


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
    name: Line
    track: Track | None


class TrackChoice(_Answer):
    """A language or framework that a track can name, and the stack that labs have for it."""

    slug: str
    title: Line
    stack: str | None


class PathSummary(_Answer):
    """A path in a list."""

    slug: str
    title: Line
    summary: str
    languages: tuple[TrackChoice, ...]
    frameworks: tuple[TrackChoice, ...]


class Course(_Answer):
    """The course suggested with a skill, and how far the learner is with it."""

    path: str
    skill: str
    title: Line
    provider: Line
    url: str | None
    state: str
    planned_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class Standing(_Answer):
    """Where the learner stands with a skill."""

    provable_count: int
    new_count: int
    is_walked: bool
    words: Line


class SkillProgress(_Answer):
    """How far the learner is with one skill."""

    slug: str
    order: int
    title: Line
    objective_count: int
    proven_count: int
    is_proven: bool
    standing: Standing | None = None  # an older server tells none
    is_start_here: bool
    course: Course

    @property
    def is_walked(self) -> bool:
        """Whether the skill is walked, as far as the server tells."""
        return self.is_proven if self.standing is None else self.standing.is_walked

    @property
    def provable_count(self) -> int:
        """How many objectives are proven or can be, as far as the server tells."""
        return self.objective_count if self.standing is None else self.standing.provable_count

    @property
    def words(self) -> str:
        """How far the learner is, in the server's words if it has any."""
        if self.standing is None:
            return f"{self.proven_count} of {self.objective_count} proven"
        return self.standing.words


class PathProgress(_Answer):
    """How far the learner is on one path."""

    slug: str
    title: Line
    start_here: str | None
    objective_count: int
    proven_count: int
    words: Line = ""  # an older server has none
    skills: tuple[SkillProgress, ...]


class Progress(_Answer):
    """How far the learner is on every path."""

    track: Track | None
    paths: tuple[PathProgress, ...]


class LabSummary(_Answer):
    """A lab in a list."""

    slug: Slug
    title: Line
    summary: str
    path: Slug
    skill: Slug
    difficulty: str
    minutes: int
    stacks: tuple[Slug, ...]
    passed_at: datetime | None
    last_verdict: str | None


class CheckTitle(_Answer):
    """A visible check before it runs."""

    name: Line
    title: Line
    task: str


class Lab(_Answer):
    """A lab as it stands now."""

    slug: Slug
    title: Line
    summary: str
    version: str
    path: Slug
    skill: Slug
    difficulty: str
    minutes: int
    stacks: tuple[Slug, ...]
    brief: str
    checks: tuple[CheckTitle, ...]
    hidden_check_count: int
    starter: dict[str, dict[str, str]]
    programs: dict[str, tuple[str, ...]]
    closed_at: datetime | None = None

    @model_validator(mode="after")
    def _has_a_starter_for_every_stack(self) -> Self:
        if not self.stacks or any(not self.starter.get(stack) for stack in self.stacks):
            raise ValueError("a stack without starter files")
        return self


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
    waits_because: str | None = None


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
    lab_title: Line
    stack: str
    kind: str
    created_at: datetime
    is_current_version: bool
    grading: GradingSummary


class GradingEvent(_Answer):
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


class DraftFacts(_Answer):
    """Which draft the server has."""

    lab: str
    stack: str
    version: str
    saved_at: datetime


class Draft(DraftFacts):
    """What its learner is writing on the lab's page."""

    files: Annotated[dict[str, str], Field(min_length=1)]


class DeviceAuthorization(_Answer):
    """What a terminal is told when it asks to be let in."""

    device_code: str
    user_code: Line
    verification_url: Line
    verification_url_complete: Line
    interval_seconds: Annotated[int, Field(ge=1, le=60)]
    expires_at: datetime


class Token(_Answer):
    """An access token."""

    token: str

"""What the API answers, as frozen models; of gradings in `gradings`.

Words of the server's that may grow (verdicts, outcomes, states) stay text here, so that an older
client still shows what it does not know.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from milepost.client.answer import Answer, Line, Slug
from milepost.client.gradings import GradingSummary

Address = Annotated[str, StringConstraints(pattern=r"^/[^\s]*$")]  # a page's, on the server


class Health(Answer):
    """A server that serves."""

    status: str
    version: str


class Track(Answer):
    """A choice of one language and one framework, by their slugs."""

    language: str
    framework: str


class Me(Answer):
    """Whose token this is."""

    id: UUID
    name: Line
    track: Track | None


class TrackChoice(Answer):
    """A language or framework that a track can name, and the stack that labs have for it."""

    slug: str
    title: Line
    stack: str | None


class PathSummary(Answer):
    """A path in a list."""

    slug: str
    title: Line
    summary: str
    languages: tuple[TrackChoice, ...]
    frameworks: tuple[TrackChoice, ...]


class Course(Answer):
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


class Standing(Answer):
    """Where the learner stands with a skill."""

    provable_count: int
    new_count: int
    is_walked: bool
    is_placed: bool = False  # an older server knows of no challenges
    words: Line


class SkillProgress(Answer):
    """How far the learner is with one skill."""

    slug: str
    order: int
    title: Line
    objective_count: int
    proven_count: int
    practised_count: int = 0  # an older server knows of no practice
    is_proven: bool
    standing: Standing | None = None  # an older server tells none
    is_start_here: bool
    course: Course

    @property
    def is_walked(self) -> bool:
        """Whether the skill is walked, as far as the server tells."""
        return self.is_proven if self.standing is None else self.standing.is_walked

    @property
    def is_placed(self) -> bool:
        """Whether the learner was placed past the skill, as far as the server tells."""
        return self.standing is not None and self.standing.is_placed

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


class PathProgress(Answer):
    """How far the learner is on one path."""

    slug: str
    title: Line
    start_here: str | None
    objective_count: int
    proven_count: int
    practised_count: int = 0
    words: Line = ""  # an older server has none
    skills: tuple[SkillProgress, ...]

    @property
    def tally(self) -> str:
        """How many objectives are proven, and how many more practised, in words."""
        proven = f"{self.proven_count} of {self.objective_count} objectives proven"
        more = f", {self.practised_count} more practised" if self.practised_count else ""
        return proven + more


class LeftOff(Answer):
    """Where the learner left off, and the page on the server that goes on with it."""

    words: Line
    at: datetime
    address: Address


class Progress(Answer):
    """How far the learner is on every path."""

    track: Track | None
    paths: tuple[PathProgress, ...]
    left_off: LeftOff | None = None  # an older server tells none


class DayTotal(Answer):
    """How many objectives were practised and proven by the end of a day."""

    day: date
    practised_count: int
    proven_count: int


class LabHistory(Answer):
    """What a lab or drill took, until its first pass or so far."""

    lab: Slug
    title: Line
    attempt_count: int
    passed_at: datetime | None
    worked_seconds: int | None


class History(Answer):
    """How the learner's progress came about."""

    days: tuple[DayTotal, ...]
    labs: tuple[LabHistory, ...]
    longest_pause_seconds: int


class LabSummary(Answer):
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
    kind: str = "lab"  # an older server has no drills
    is_challenge: bool = False


class Task(Answer):
    """A part of a lab; a stage, where the lab is done in stages."""

    slug: str
    title: Line


class CheckTitle(Answer):
    """A visible check before it runs."""

    name: Line
    title: Line
    task: str


class Lab(Answer):
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
    tasks: tuple[Task, ...] = ()
    is_staged: bool = False  # an older server does not say
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


class ModelAnswer(Answer):
    """A right answer, whole."""

    name: Slug
    files: dict[str, str]


class Mistake(Answer):
    """What people get wrong in a lab, and what it changes in a model answer."""

    title: Line
    text: str
    stack: str
    checks: tuple[Line, ...]
    hidden_check_count: int
    before: dict[str, str]
    after: dict[str, str]


class Answers(Answer):
    """The answers to a lab that the learner has passed, in one stack."""

    lab: Slug
    stack: Slug
    stacks: tuple[Slug, ...]
    own: dict[str, str] | None
    solutions: tuple[ModelAnswer, ...]
    mistakes: tuple[Mistake, ...]


class Piece(Answer):
    """A part of an excerpt; one that is a match holds a word that was searched for."""

    text: str
    is_match: bool


class SearchResult(Answer):
    """One thing that a search found, and where it is on the server."""

    kind: Line
    title: Line
    heading: Line
    context: Line
    address: Address
    excerpt: tuple[Piece, ...]
    is_in_track: bool


class SearchResults(Answer):
    """The best of what a search found, and how much there is in all."""

    items: tuple[SearchResult, ...]
    total: int
    has_all_words: bool


class Submission(Answer):
    """What was handed in."""

    id: UUID
    lab: str
    lab_title: Line
    stack: str
    kind: str
    created_at: datetime
    is_current_version: bool
    grading: GradingSummary


class DraftFacts(Answer):
    """Which draft the server has."""

    lab: str
    stack: str
    version: str
    saved_at: datetime


class Draft(DraftFacts):
    """What its learner is writing on the lab's page."""

    files: Annotated[dict[str, str], Field(min_length=1)]


class DeviceAuthorization(Answer):
    """What a terminal is told when it asks to be let in."""

    device_code: str
    user_code: Line
    verification_url: Line
    verification_url_complete: Line
    interval_seconds: Annotated[int, Field(ge=1, le=60)]
    expires_at: datetime


class Token(Answer):
    """An access token."""

    token: str

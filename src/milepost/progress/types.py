"""A path as one learner sees it: skills, objectives, courses and labs, with what is done.

Plain values, complete when made: showing them asks the database nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID

from milepost.accounts.types import Track
from milepost.engine import Verdict
from milepost.engine.stacks.descriptions import name_stack
from milepost.labs import LAB


class CourseState(StrEnum):
    """How far a learner is with a suggested course."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"


class Mark(StrEnum):
    """What a learner has reached of an objective. Practised is less than proven."""

    OPEN = "open"
    PRACTISED = "practised"  # in a drill
    PROVEN = "proven"  # by a lab


@dataclass(frozen=True, slots=True)
class Reach:
    """What a learner's track can do on a path: objectives by their ids, labs by their slugs."""

    provable: frozenset[UUID]
    practicable: frozenset[UUID]
    open_labs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands with a skill. The words are the same wherever it is told."""

    proven_count: int
    open_count: int  # not proven, and labs of the learner's track can prove it
    is_walked: bool
    words: str
    is_placed: bool = False  # its challenge was passed, and it is not walked
    practised_count: int = 0  # and not proven
    reachable_count: int = 0  # proven, practised, or labs or drills of the track are there for it

    @property
    def provable_count(self) -> int:
        """How many objectives are proven or can be."""
        return self.proven_count + self.open_count

    @property
    def is_past(self) -> bool:
        """Whether *start here* moves on from the skill."""
        return self.is_walked or self.is_placed

    @property
    def new_count(self) -> int:
        """How many objectives can be proven since the skill was walked."""
        return self.open_count if self.is_walked else 0

    @property
    def share(self) -> float:
        """The share of what can be proven that is proven."""
        return self.proven_count / self.provable_count if self.provable_count else 0.0

    @property
    def practised_share(self) -> float:
        """The share that is practised, beside what is proven: both together are 1 at most."""
        if not self.practised_count:
            return 0.0
        return min(1 - self.share, self.practised_count / self.reachable_count)


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """One objective, proven, practised or neither."""

    id: UUID
    key: str
    slug: str
    title: str
    sentence: str
    mark: Mark
    proven_at: datetime | None
    practised_at: datetime | None
    has_lesson: bool
    lab_slugs: tuple[str, ...]
    drill: "LabSummary | None"
    open_lab_slugs: tuple[str, ...]  # of those, the ones of the learner's track that are open

    @property
    def is_provable(self) -> bool:
        """Whether a lab of the learner's track that is open proves it."""
        return bool(self.open_lab_slugs)


@dataclass(frozen=True, slots=True)
class CourseView:
    """The course suggested with a skill; its URL is there only if the operator set one."""

    path: str
    skill: str
    title: str
    provider: str
    url: str | None
    state: CourseState | None
    planned_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class LabSummary:
    """A lab in a list, with what the learner has done with it."""

    slug: str
    title: str
    summary: str
    path: str
    skill: str
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    passed_at: datetime | None
    last_verdict: Verdict | None
    id: UUID
    is_closed: bool  # nothing new is graded by it for now
    kind: str = LAB
    lesson: str | None = None  # of a drill: the objective of its skill in whose lesson it stands
    is_challenge: bool = False  # passing it places the learner past its skill

    @property
    def address(self) -> str:
        """The page on which it is worked at: a drill stands in its lesson."""
        if self.lesson is None:
            return f"/labs/{self.slug}"
        return f"/paths/{self.path}/skills/{self.skill}/lessons/{self.lesson}"


class LeftKind(StrEnum):
    """What was left unfinished."""

    DRAFT = "draft"  # what was written since it was last run, or never was
    FAILED = "failed"  # a run that did not pass
    NOT_SUBMITTED = "not_submitted"  # a try that passed
    NOT_GRADED = "not_graded"  # a run that ended through a fault of ours
    WAITING = "waiting"  # a run without a verdict yet


@dataclass(frozen=True, slots=True)
class LeftOff:
    """Where a learner left off: the newest work that is not finished, and where to go on with it.

    `check` is the visible one to look at first; a hidden one is never named.
    """

    lab: LabSummary
    stack: str
    at: datetime
    kind: LeftKind
    state: str  # what is left, as the middle of a sentence
    run_id: UUID | None = None
    is_try: bool = False
    check: str | None = None
    check_title: str | None = None

    @property
    def title(self) -> str:
        """The lab and the stack, as a sentence begins with them."""
        return f"{self.lab.title}, {name_stack(self.stack)}"

    @property
    def words(self) -> str:
        """What was left of which lab, the same wherever it is told."""
        first = f"; first: {self.check_title}" if self.check_title else ""
        return f"{self.title}: {self.state}{first}"

    @property
    def address(self) -> str:
        """The page that goes on with it: its editor, at the failed check if there is one."""
        if self.kind is LeftKind.WAITING and not self.is_try:
            return f"/submissions/{self.run_id}"
        if self.run_id is None or self.kind is LeftKind.WAITING:
            anchor = "#drill" if self.lab.lesson else ""
            return f"{self.lab.address}?stack={self.stack}{anchor}"
        check = f"&check={quote(self.check)}" if self.check else ""
        return f"/labs/{self.lab.slug}?submission={self.run_id}{check}"

    @property
    def run_address(self) -> str | None:
        """The page of the run, with all that its checks showed; None for a draft."""
        if self.run_id is None:
            return None
        anchor = f"#check-{quote(self.check)}" if self.check else ""
        return f"/submissions/{self.run_id}{anchor}"


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill of a path."""

    path: str
    slug: str
    order: int
    title: str
    summary: str
    technologies: tuple[str, ...]
    objectives: tuple[ObjectiveView, ...]
    course: CourseView
    labs: tuple[LabSummary, ...]
    drills: tuple[LabSummary, ...]
    standing: Standing
    is_start_here: bool
    offered_challenge: LabSummary | None = None  # to pass before the other labs, while that helps

    @property
    def objective_count(self) -> int:
        """How many objectives the skill has."""
        return len(self.objectives)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return self.standing.proven_count

    @property
    def practised_count(self) -> int:
        """How many more are practised."""
        return self.standing.practised_count

    @property
    def is_proven(self) -> bool:
        """Whether all of them are."""
        return self.proven_count == self.objective_count


@dataclass(frozen=True, slots=True)
class PathView:
    """A path with everything that its page shows."""

    slug: str
    title: str
    summary: str
    skills: tuple[SkillView, ...]
    start_here: str | None  # the slug of the first skill neither walked nor placed, if one is left
    words: str  # where to go on, or why nothing lies ahead

    @property
    def objective_count(self) -> int:
        """How many objectives the path has."""
        return sum(skill.objective_count for skill in self.skills)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return sum(skill.proven_count for skill in self.skills)

    @property
    def practised_count(self) -> int:
        """How many more are practised."""
        return sum(skill.practised_count for skill in self.skills)

    @property
    def provable_count(self) -> int:
        """How many of them are proven or can be, by labs of the learner's track."""
        return sum(skill.standing.provable_count for skill in self.skills)


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A learner's whole progress, for scripts and the terminal."""

    track: Track | None
    paths: tuple[PathView, ...]

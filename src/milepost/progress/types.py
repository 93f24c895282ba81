"""A path as one learner sees it: skills, objectives, courses and labs, with what is done.

Plain values, complete when made: showing them asks the database nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from milepost.accounts.types import Track
from milepost.engine import Verdict


class CourseState(StrEnum):
    """How far a learner is with a suggested course."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands with a skill. The words are the same wherever it is told."""

    proven_count: int
    open_count: int  # not proven, and labs of the learner's track can prove it
    is_walked: bool
    words: str

    @property
    def provable_count(self) -> int:
        """How many objectives are proven or can be."""
        return self.proven_count + self.open_count

    @property
    def new_count(self) -> int:
        """How many objectives can be proven since the skill was walked."""
        return self.open_count if self.is_walked else 0

    @property
    def share(self) -> float:
        """The share of what can be proven that is proven."""
        return self.proven_count / self.provable_count if self.provable_count else 0.0


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """One objective, proven or not."""

    id: UUID
    key: str
    slug: str
    title: str
    sentence: str
    proven_at: datetime | None
    has_lesson: bool
    lab_slugs: tuple[str, ...]
    is_provable: bool  # by a lab of the learner's track that is open


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


@dataclass(frozen=True, slots=True)
class Touched:
    """The lab that a learner handed something in for last, a try or a submission, and in what."""

    lab: LabSummary
    stack: str


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
    standing: Standing
    is_start_here: bool

    @property
    def objective_count(self) -> int:
        """How many objectives the skill has."""
        return len(self.objectives)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return self.standing.proven_count

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
    start_here: str | None  # the slug of the first skill that is not walked; None when all are
    words: str  # where to go on, or why nothing lies ahead
    last_touched: Touched | None

    @property
    def objective_count(self) -> int:
        """How many objectives the path has."""
        return sum(skill.objective_count for skill in self.skills)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return sum(skill.proven_count for skill in self.skills)

    @property
    def provable_count(self) -> int:
        """How many of them are proven or can be, by labs of the learner's track."""
        return sum(skill.standing.provable_count for skill in self.skills)


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A learner's whole progress, for scripts and the terminal."""

    track: Track | None
    paths: tuple[PathView, ...]

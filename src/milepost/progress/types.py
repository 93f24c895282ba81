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
    is_start_here: bool

    @property
    def objective_count(self) -> int:
        """How many objectives the skill has."""
        return len(self.objectives)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return sum(objective.proven_at is not None for objective in self.objectives)

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
    start_here: str | None  # the slug of the first skill that is not proven; None when all are

    @property
    def objective_count(self) -> int:
        """How many objectives the path has."""
        return sum(skill.objective_count for skill in self.skills)

    @property
    def proven_count(self) -> int:
        """How many of them are proven."""
        return sum(skill.proven_count for skill in self.skills)


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A learner's whole progress, for scripts and the terminal."""

    track: Track | None
    paths: tuple[PathView, ...]

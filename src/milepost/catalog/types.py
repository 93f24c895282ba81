"""The catalog's plain values: the content files as they are read, and a lab as it is shown.

A manifest holds everything of a lab version that pages and the API show; the package holds what
grades. Neither the solutions nor the flawed solutions are in either.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Slug = str


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LanguageChoice(_File):
    """A language that a track can name; without a stack, no lab is graded in it yet."""

    slug: Slug
    title: str
    stack: str | None = None


class FrameworkChoice(LanguageChoice):
    """A framework that a track can name, and the language that it goes with."""

    language: Slug


class PathFile(_File):
    """`path.toml`."""

    slug: Slug
    title: str
    summary: str
    start_here: Slug
    languages: tuple[LanguageChoice, ...] = ()
    frameworks: tuple[FrameworkChoice, ...] = ()


class CourseFacts(_File):
    """The outside course suggested with a skill. Its URL is the operator's to set."""

    title: str
    provider: str


class ObjectiveFacts(_File):
    """One objective of a skill."""

    slug: Slug
    title: str
    sentence: str


class SkillFile(_File):
    """`skill.toml`."""

    slug: Slug
    title: str
    summary: str
    technologies: tuple[str, ...] = ()
    course: CourseFacts
    objectives: tuple[ObjectiveFacts, ...] = Field(min_length=1)


class ShownIn(_File):
    """Where this codebase shows an objective at work, or that only labs do."""

    id: str
    shows: Literal["symbol", "test", "command", "labs-only", "planned"]
    ref: str = ""
    sentence: str


class LessonText(_File):
    """A lesson: Markdown under a title."""

    title: str
    markdown: str


class SkillContent(_File):
    """A skill's file and its lessons, by the slug of their objective."""

    folder: str
    facts: SkillFile
    lessons: dict[Slug, LessonText]


class PathContent(_File):
    """Everything of a path but its labs."""

    facts: PathFile
    skills: tuple[SkillContent, ...]
    shown_in: dict[str, ShownIn]


@dataclass(frozen=True, slots=True)
class LabOutline:
    """A lab in a list, as every learner sees it."""

    id: UUID
    slug: Slug
    title: str
    summary: str
    path: Slug
    skill: Slug
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class ObjectiveOutline:
    """An objective, and the labs that prove it."""

    id: UUID
    key: str
    slug: Slug
    title: str
    sentence: str
    has_lesson: bool
    lab_slugs: tuple[Slug, ...]


@dataclass(frozen=True, slots=True)
class SkillOutline:
    """A skill with its course, objectives and labs."""

    id: UUID
    slug: Slug
    position: int
    title: str
    summary: str
    technologies: tuple[str, ...]
    course_title: str
    course_provider: str
    course_url: str | None
    objectives: tuple[ObjectiveOutline, ...]
    labs: tuple[LabOutline, ...]


@dataclass(frozen=True, slots=True)
class PathOutline:
    """A published path as every learner sees it: all that is the same for all of them."""

    slug: Slug
    title: str
    summary: str
    start_here: Slug
    languages: tuple[LanguageChoice, ...]
    frameworks: tuple[FrameworkChoice, ...]
    skills: tuple[SkillOutline, ...]


@dataclass(frozen=True, slots=True)
class LabOffer:
    """What a lab takes right now: which version is graded, in which stacks, and beside what.

    In a stack of `serving_stacks` it starts the learner's own service.
    """

    version_id: UUID
    content_hash: str
    title: str
    stacks: tuple[str, ...]
    serving_stacks: tuple[str, ...]
    services: tuple[str, ...]
    is_closed: bool


class TaskInfo(BaseModel):
    """A task of a lab: a part of the work, with checks of its own."""

    slug: Slug
    title: str
    sentence: str


class CheckTitle(BaseModel):
    """A check as a learner may know it before it runs."""

    name: str
    title: str
    task: Slug
    objectives: tuple[str, ...]


class _Proof(BaseModel):
    """A part of a verification's record. What would show answers is left out by not being named."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class MutantCount(_Proof):
    """How many small mistakes, made in a right answer on purpose, the checks caught."""

    solution: str
    tried: int
    caught: int
    equivalent: int


class RejectedCheat(_Proof):
    """A cheat that the lab rejected, on one stack. `sentence` completes "an answer that …"."""

    stack: str
    name: str
    sentence: str


class SpoiledCount(_Proof):
    """How many answers of solutions were spoiled in one element, in which ways, how often each."""

    tried: int
    refused: int
    kinds: dict[str, int]


class Amount(_Proof):
    """The most that a right answer used of a limit."""

    used: float
    limit: float = Field(gt=0)

    @property
    def share(self) -> float:
        """The share of the limit that was used."""
        return self.used / self.limit


class LabProof(_Proof):
    """How a lab was proven, without what would give its answers away."""

    verified_at: datetime
    seconds: float
    seeds: tuple[int, ...] = Field(min_length=1)
    repeats: int = Field(ge=1)
    engine_version: str
    isolation: str
    stacks: dict[str, str]
    runs: dict[str, int]
    mutants: tuple[MutantCount, ...]
    cheats: tuple[RejectedCheat, ...]
    spoiled: SpoiledCount | None = None  # None in proofs from before there were any
    headroom: dict[str, Amount]

    @property
    def run_count(self) -> int:
        """How many runs there were, of all kinds."""
        return sum(self.runs.values())

    @property
    def solution_count(self) -> int:
        """How many right answers there were."""
        return self.runs.get("solution", 0) // (len(self.seeds) * self.repeats)

    @property
    def flawed_count(self) -> int:
        """How many wrong answers there were."""
        return self.runs.get("flawed", 0) // len(self.seeds)


class LabDetail(BaseModel):
    """A lab's current version, with everything that a page, the API or a terminal shows."""

    version_id: UUID
    content_hash: str
    slug: Slug
    title: str
    summary: str
    path_slug: Slug
    skill_slug: Slug
    skill_title: str
    objectives: tuple[tuple[str, str], ...]  # key, title
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    brief: str
    tasks: tuple[TaskInfo, ...]
    checks: tuple[CheckTitle, ...]  # the visible ones
    hidden_check_count: int
    starter: dict[str, dict[str, str]]  # stack -> path -> text
    programs: dict[str, list[str]]  # stack -> the command that runs a solution
    services: tuple[str, ...] = ()  # what the lab has beside the learner's code
    closed_at: datetime | None = None  # since its own checks were found at fault
    proof: LabProof | None = None  # None only where unverified labs are published too


class ClosedLab(BaseModel):
    """A published lab whose checks were found at fault, with what was found."""

    slug: Slug
    closed_at: datetime
    reason: str


class UnreadAnswerNote(BaseModel):
    """A check of a published lab that could not read an answer: the latest one, for its author."""

    lab: Slug
    check_name: str
    stack: str
    seed: int
    message: str
    detail: str  # the traceback
    times: int
    seen_at: datetime


class SyncReport(BaseModel):
    """What a sync found: what is published now, and what was skipped, with the reasons."""

    paths: tuple[Slug, ...]
    labs: tuple[Slug, ...]
    skipped: tuple[tuple[str, tuple[str, ...]], ...]  # folder, problems

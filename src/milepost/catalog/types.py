"""A lab in full, and what operators and authors are told of labs and of a sync.

A lab's manifest holds everything of it that is shown to anybody; its package holds what grades.
Neither the solutions nor the flawed solutions are in either: `answers` has them.
"""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from milepost.catalog.files import Slug
from milepost.catalog.proof import LabProof
from milepost.labs import DRILL, LAB


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
    is_staged: bool = False  # done task by task, each with a verdict of its own
    is_challenge: bool = False  # passing it places a learner past its skill
    kind: str = LAB  # or a drill, which practises its one objective
    services: tuple[str, ...] = ()  # what the lab has beside the learner's code
    closed_at: datetime | None = None  # since its own checks were found at fault
    proof: LabProof | None = None  # None only where unverified labs are published too

    @property
    def is_drill(self) -> bool:
        """Whether passing it practises its objective, and proves nothing."""
        return self.kind == DRILL


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

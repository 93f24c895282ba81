"""The plain values of submissions: what is handed in, and what may be shown of a grading.

A hidden check is shown by title and outcome alone; what it sent and received stays here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from milepost.catalog.answers import ModelAnswer
from milepost.engine import CheckResult, Verdict
from milepost.labs import LAB
from milepost.labs.stages import Stage

SourceFiles: TypeAlias = Mapping[str, bytes]  # relative POSIX path -> content, UTF-8 text


WHOLE_SECONDS = "whole_seconds"  # in a grading's usage: with hidden checks, so shown to nobody


class SubmissionKind(StrEnum):
    """A submission counts; a try runs the visible checks and leaves no trace in progress."""

    SUBMISSION = "submission"
    TRY = "try"


class GradingStatus(StrEnum):
    """Where a grading stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class StartedGrading:
    """A grading of which a run has begun, numbered `attempt`, with all that the run needs.

    What follows `content_hash` is the lab's version's: `spec`, a GradingSpec as it is stored, and
    the objectives that passing proves, or, in a drill, practises.
    """

    kind: SubmissionKind
    only: tuple[str, ...]  # the names of the checks that a try runs alone; else empty
    files: SourceFiles
    id: UUID
    attempt: int
    seed: int
    faults: int
    handed_back: int
    learner_id: UUID
    stack: str
    version_id: UUID
    lab_id: UUID
    content_hash: str
    spec: Mapping[str, Any]
    objectives: Sequence[str]
    practises: Sequence[str]


@dataclass(frozen=True, slots=True)
class Misconception:
    """What a learner may have in mind whose work fails exactly as a known wrong answer does."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LessonLink:
    """Where a section of a lesson is, by slugs."""

    path: str
    skill: str
    objective: str
    section: str


@dataclass(frozen=True, slots=True)
class HintView:
    """A step of a hint that its learner has opened."""

    step: int
    kind: str  # "nudge", "lesson" or "example"
    text: str
    lesson: LessonLink | None


@dataclass(frozen=True, slots=True)
class CheckHints:
    """The help that a failed check offers: how many steps there are, and those opened so far."""

    check: str
    step_count: int
    opened: tuple[HintView, ...]


@dataclass(frozen=True, slots=True)
class GradingView:
    """A grading as its learner may see it."""

    id: UUID
    submission_id: UUID
    status: GradingStatus
    attempt: int
    verdict: Verdict | None
    message: str
    limit_hit: str | None
    usage: Mapping[str, Any] | None
    build: Mapping[str, Any] | None  # the fields of the engine's BuildReport
    isolation: str | None
    stack_version: str | None
    engine_version: str | None
    seed: int
    queued_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    checks: tuple[CheckResult, ...]
    queue_position: int | None = None
    expected_wait_seconds: float | None = None
    grading_slots: int | None = None
    waits_because: str | None = None
    retry_at: datetime | None = None
    doubted_at: datetime | None = None
    misconceptions: tuple[Misconception, ...] = ()
    stages: tuple[Stage, ...] = ()  # where the lab is done in stages
    hints: tuple[CheckHints, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as its learner sees it in a list."""

    id: UUID
    lab: str
    lab_title: str
    stack: str
    kind: SubmissionKind
    created_at: datetime
    is_current_version: bool
    grading_id: UUID
    status: GradingStatus
    verdict: Verdict | None
    graded_at: datetime | None
    only: tuple[str, ...] = ()  # the checks that a try names; empty: it is a whole run
    passed_count: int = 0  # of the newest grading's checks, hidden ones too, as far as they ran
    check_count: int = 0
    lab_kind: str = LAB  # a drill's passes practise, a lab's prove


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known wrong answer, as those who passed see it; `before` and `after` are what differs."""

    title: str
    text: str
    stack: str
    over: str  # the name of the model answer that it spoils
    checks: tuple[str, ...]  # the titles of the visible ones that see it
    hidden_check_count: int  # how many others see it
    before: Mapping[str, str]  # path -> text, of the model answer
    after: Mapping[str, str]  # path -> text, with the mistake in it


@dataclass(frozen=True, slots=True)
class AnswersView:
    """What a learner sees of a lab's answers after passing it, in one stack.

    `own` are the files that passed; none where another stack is shown than any they passed in.
    Mistakes of this stack come first.
    """

    lab: str
    lab_title: str
    lab_kind: str
    version: str
    stack: str
    stacks: tuple[str, ...]
    submission_id: UUID  # the newest that passed, in this stack if any did
    own: Mapping[str, str] | None
    solutions: tuple[ModelAnswer, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """Which draft the server has; `version` is the lab's that it was written for.

    Revisions of one draft sort by when they were saved.
    """

    lab: str
    stack: str
    version: str
    revision: UUID
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftView(DraftFacts):
    """A draft with its files."""

    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GradingEvent:
    """One thing that happened in a grading, numbered so that a reader can resume.

    `id` is `attempt.position`; positions grow within an attempt, attempts within a grading.
    """

    attempt: int
    position: int
    kind: str  # "queued", "started", "check", "doubted", "interrupted" or "verdict"
    check: CheckResult | None = None
    grading: GradingView | None = None

    @property
    def id(self) -> str:
        """The event's number, as server-sent events carry it."""
        return f"{self.attempt}.{self.position}"

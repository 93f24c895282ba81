"""The plain values of submissions: what is handed in, and what may be shown of a grading.

A hidden check is shown by title and outcome alone; what it sent and received stays here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from milepost.engine import CheckResult, Verdict

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

    `entry`, `limits`, `services` and `objectives` are those of the lab's version.
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
    entry: Mapping[str, Any]
    limits: Mapping[str, Any]
    services: Sequence[str]
    objectives: Sequence[str]


@dataclass(frozen=True, slots=True)
class Misconception:
    """What a learner may have in mind whose work fails exactly as a known wrong answer does."""

    title: str
    text: str


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

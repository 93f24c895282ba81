"""The tables of submissions. Constraints here keep the promise of one verdict a grading.

`attempt` fences a grading's runs: only the newest run may write results or the verdict.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from milepost.catalog.models import LabVersion
from milepost.core.database import Base
from milepost.engine import Outcome, Verdict
from milepost.submissions.types import SubmissionKind


def _enum(values: type[Verdict | Outcome | SubmissionKind], name: str) -> Enum:
    """Store an enum as its value, checked by the database, without a PostgreSQL type to alter."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Submission(Base):
    """The files that a learner handed in, or tried, for one version of a lab."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("learner_id", "idempotency_key"),
        Index("ix_submissions_learner_id_id", "learner_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lab_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("lab_versions.id", ondelete="RESTRICT"), index=True
    )
    stack: Mapped[str]
    kind: Mapped[SubmissionKind] = mapped_column(_enum(SubmissionKind, "kind"))
    # The names of the checks that a try runs alone; without any it runs all that are visible.
    picked_checks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime]

    lab_version: Mapped[LabVersion] = relationship(lazy="raise")
    files: Mapped[list["SubmissionFile"]] = relationship(
        lazy="raise", order_by="SubmissionFile.path", cascade="save-update, merge"
    )
    gradings: Mapped[list["Grading"]] = relationship(
        lazy="raise", order_by="Grading.id", back_populates="submission"
    )


class SubmissionFile(Base):
    """One file of a submission."""

    __tablename__ = "submission_files"

    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Draft(Base):
    """What a learner is writing for a lab in one stack: one row, replaced whole by each save."""

    __tablename__ = "drafts"

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    lab_id: Mapped[UUID] = mapped_column(
        ForeignKey("labs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    stack: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[UUID]  # named anew by each save, and sorts by when that was
    version: Mapped[str]  # of the lab that it was written for
    # JSON and not JSONB: files keep the order that their learner sees them in.
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class WorkSpell(Base):
    """A time in which a learner wrote at a lab without a long pause, as its drafts were saved.

    Nothing of what was written: only when it began and when it was last saved.
    """

    __tablename__ = "work_spells"
    __table_args__ = (CheckConstraint("last_at >= began_at", name="ends_after_it_began"),)

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    lab_id: Mapped[UUID] = mapped_column(
        ForeignKey("labs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]


class OpenedHint(Base):
    """A step of a hint that a learner has opened, on what they had handed in or tried then.

    It stays open for every later failure of the check, so it is kept a lab and not a submission.
    """

    __tablename__ = "opened_hints"
    __table_args__ = (CheckConstraint("step >= 1", name="step_counts_from_one"),)

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    lab_id: Mapped[UUID] = mapped_column(
        ForeignKey("labs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    check_name: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    opened_at: Mapped[datetime]


class Grading(Base):
    """One judgement of a submission, from being queued to its verdict.

    `faults` counts the runs that a fault of ours ended, and `handed_back` those that a worker could
    not do at all; `fault` tells an operator of the latest of either.
    `doubted_at` is when the run began to look whether a check broke by the lab's own fault.
    """

    __tablename__ = "gradings"
    __table_args__ = (
        CheckConstraint("(graded_at IS NULL) = (verdict IS NULL)", name="verdict_iff_graded"),
        CheckConstraint("(started_at IS NULL) = (attempt = 0)", name="started_iff_attempted"),
        Index("ix_gradings_graded_at", "graded_at"),
        Index(
            "ix_gradings_given_up",
            "graded_at",
            postgresql_where=text("verdict IN ('engine_failed', 'lab_broken')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    seed: Mapped[int]
    attempt: Mapped[int]
    faults: Mapped[int] = mapped_column(default=0, server_default="0")
    handed_back: Mapped[int] = mapped_column(default=0, server_default="0")
    fault: Mapped[str | None]
    retry_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(_enum(Verdict, "verdict"))
    message: Mapped[str]
    limit_hit: Mapped[str | None]
    usage: Mapped[dict[str, Any] | None]
    build: Mapped[dict[str, Any] | None]
    isolation: Mapped[str | None]
    stack_version: Mapped[str | None]
    engine_version: Mapped[str | None]

    submission: Mapped[Submission] = relationship(lazy="raise", back_populates="gradings")
    results: Mapped[list["CheckRecord"]] = relationship(
        lazy="raise", order_by="(CheckRecord.attempt, CheckRecord.position)"
    )


class CheckRecord(Base):
    """How one check ended, in one run of a grading."""

    __tablename__ = "check_results"

    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("gradings.id", ondelete="CASCADE"), primary_key=True
    )
    attempt: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(_enum(Outcome, "outcome"))
    hidden: Mapped[bool]
    # JSON and not JSONB: evidence shows keys in the order in which a learner's code gave them.
    result: Mapped[dict[str, Any]] = mapped_column(JSON)

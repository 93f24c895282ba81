"""The tables of progress.

A proof is written once and names the grading that gave it; so is what a drill practised.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.database import Base


class ObjectiveProof(Base):
    """An objective that a learner has proven, and by which grading."""

    __tablename__ = "objective_proofs"

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    objective_id: Mapped[UUID] = mapped_column(
        ForeignKey("objectives.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("gradings.id", ondelete="RESTRICT"), index=True
    )
    proven_at: Mapped[datetime]


class ObjectivePractice(Base):
    """An objective that a learner has practised in a drill, and by which grading first."""

    __tablename__ = "objective_practices"

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    objective_id: Mapped[UUID] = mapped_column(
        ForeignKey("objectives.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("gradings.id", ondelete="RESTRICT"), index=True
    )
    practised_at: Mapped[datetime]


class WalkedSkill(Base):
    """A skill that a learner has walked, so that labs which are added later do not undo it."""

    __tablename__ = "walked_skills"

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[UUID] = mapped_column(
        ForeignKey("skills.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    walked_at: Mapped[datetime]


class PlacedSkill(Base):
    """A skill past which a learner was placed by its challenge, and by which grading.

    It stays so when another lab, or none, becomes the challenge.
    """

    __tablename__ = "placed_skills"

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[UUID] = mapped_column(
        ForeignKey("skills.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("gradings.id", ondelete="RESTRICT"), index=True
    )
    placed_at: Mapped[datetime]


class CourseProgress(Base):
    """How far a learner is with the course suggested for a skill."""

    __tablename__ = "course_progress"
    __table_args__ = (
        CheckConstraint(
            "finished_at IS NULL OR started_at IS NOT NULL", name="finished_was_started"
        ),
        CheckConstraint("started_at IS NULL OR planned_at IS NOT NULL", name="started_was_planned"),
    )

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[UUID] = mapped_column(
        ForeignKey("skills.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

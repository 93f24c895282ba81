"""The tables of the catalog. Content that left the files is unpublished, never deleted.

Work done against a lab names its version, so that a lab can change and old work keep its meaning.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from milepost.core.database import Base


class Path(Base):
    """An ordered list of skills, and the tracks that it offers."""

    __tablename__ = "paths"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    start_here: Mapped[str]
    languages: Mapped[list[dict[str, Any]]]
    frameworks: Mapped[list[dict[str, Any]]]
    is_published: Mapped[bool]

    skills: Mapped[list["Skill"]] = relationship(
        lazy="raise", order_by="Skill.position", back_populates="path"
    )


class Skill(Base):
    """One of a path's skills, with the course that is suggested for it."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("path_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    path_id: Mapped[UUID] = mapped_column(ForeignKey("paths.id", ondelete="CASCADE"))
    slug: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    technologies: Mapped[list[str]]
    course_title: Mapped[str]
    course_provider: Mapped[str]
    course_url: Mapped[str | None]
    challenge: Mapped[str | None]  # the slug of the lab that places learners past the skill
    is_published: Mapped[bool]

    path: Mapped[Path] = relationship(lazy="raise", back_populates="skills")
    objectives: Mapped[list["Objective"]] = relationship(
        lazy="raise", order_by="Objective.position", back_populates="skill"
    )


class Objective(Base):
    """The unit of coverage. Its key, such as `language.loops`, is unique within its path."""

    __tablename__ = "objectives"
    __table_args__ = (UniqueConstraint("skill_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[UUID] = mapped_column(ForeignKey("skills.id", ondelete="CASCADE"))
    slug: Mapped[str]
    key: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    sentence: Mapped[str]
    lesson_title: Mapped[str | None]
    lesson_markdown: Mapped[str | None] = mapped_column(deferred=True)
    shown_in: Mapped[dict[str, Any] | None]
    is_published: Mapped[bool]

    skill: Mapped[Skill] = relationship(lazy="raise", back_populates="objectives")
    labs: Mapped[list["Lab"]] = relationship(
        lazy="raise", secondary="lab_objectives", back_populates="objectives", viewonly=True
    )


class Lab(Base):
    """A task that is graded, as it stands now; its versions hold what it was."""

    __tablename__ = "labs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[UUID] = mapped_column(ForeignKey("skills.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("lab_versions.id", ondelete="RESTRICT", use_alter=True)
    )
    is_published: Mapped[bool]

    skill: Mapped[Skill] = relationship(lazy="raise")
    version: Mapped["LabVersion | None"] = relationship(lazy="raise", foreign_keys=[version_id])
    objectives: Mapped[list[Objective]] = relationship(
        lazy="raise",
        secondary="lab_objectives",
        back_populates="labs",
        order_by=Objective.position,
    )


class LabObjective(Base):
    """Which objectives a lab proves, as it stands now."""

    __tablename__ = "lab_objectives"

    lab_id: Mapped[UUID] = mapped_column(
        ForeignKey("labs.id", ondelete="CASCADE"), primary_key=True
    )
    objective_id: Mapped[UUID] = mapped_column(
        ForeignKey("objectives.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class LabVersion(Base):
    """A lab's content, named by its hash and immutable: what is shown and what is graded.

    A version whose checks are at fault is closed: nothing new is graded by it.
    """

    __tablename__ = "lab_versions"
    __table_args__ = (
        UniqueConstraint("lab_id", "content_hash"),
        CheckConstraint("(closed_at IS NULL) = (closed_reason IS NULL)", name="closed_iff_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lab_id: Mapped[UUID] = mapped_column(ForeignKey("labs.id", ondelete="CASCADE"))
    content_hash: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    manifest: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    package: Mapped[bytes] = mapped_column(deferred=True)
    visible_package: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]

    lab: Mapped[Lab] = relationship(lazy="raise", foreign_keys=[lab_id])


class LabSolutions(Base):
    """The right and wrong answers of a lab's version: for workers, and for those who passed it.

    `submissions.queries.answers` reads them for learners. No flaws are known of a version that an
    older Milepost published.
    """

    __tablename__ = "lab_solutions"

    lab_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("lab_versions.id", ondelete="CASCADE"), primary_key=True
    )
    package: Mapped[bytes] = mapped_column(deferred=True)
    flaws: Mapped[list[dict[str, Any]] | None] = mapped_column(deferred=True)


class UnreadAnswer(Base):
    """A check that could not read a learner's answer, for the lab's author: the latest such answer.

    One row a check, however often it happens, so that no learner can fill the table.
    """

    __tablename__ = "unread_answers"

    lab_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("lab_versions.id", ondelete="CASCADE"), primary_key=True
    )
    check_name: Mapped[str] = mapped_column(primary_key=True)
    stack: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str]
    detail: Mapped[str]
    times: Mapped[int]
    seen_at: Mapped[datetime]


class Publication(Base):
    """That content was published: by which Milepost, from where, and what it was."""

    __tablename__ = "publications"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str]
    content_hash: Mapped[str]
    publisher: Mapped[str]
    published_at: Mapped[datetime]

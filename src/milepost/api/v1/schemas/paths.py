"""The shapes of paths: in a list with their tracks, and in full with the learner's progress.

A path's track choices are in the list, because they come before any progress.
"""

from datetime import datetime

from pydantic import Field

from milepost.api.v1.schemas.courses import CourseOut
from milepost.api.v1.schemas.labs import LabSummaryOut
from milepost.api.v1.schemas.shapes import Shape
from milepost.api.v1.schemas.standing import (
    PRACTISED,
    PROVABLE,
    START_HERE,
    WORDS,
    StandingOut,
)
from milepost.progress.types import Mark


class LanguageOut(Shape):
    """A language that a track can name."""

    slug: str = Field(examples=["python"])
    title: str = Field(examples=["Python"])
    stack: str | None = Field(
        default=None,
        description="The stack that its labs are graded in; null while there is none.",
        examples=["python"],
    )


class FrameworkOut(LanguageOut):
    """A framework that a track can name, and the language that it goes with."""

    language: str = Field(examples=["python"])


class PathSummaryOut(Shape):
    """A path in a list, with the languages and frameworks that a track can choose from."""

    slug: str = Field(examples=["backend-developer"])
    title: str = Field(examples=["Backend Developer"])
    summary: str
    languages: list[LanguageOut]
    frameworks: list[FrameworkOut]


class ObjectiveOut(Shape):
    """One objective of a skill, proven, practised or neither."""

    key: str = Field(examples=["language.loops"])
    slug: str = Field(examples=["loops"])
    title: str = Field(examples=["Loops"])
    sentence: str = Field(description="What somebody who has it can do.")
    proven_at: datetime | None = Field(description="When a lab first proved it; null until then.")
    practised_at: datetime | None = Field(
        description="When a drill first practised it; null until then."
    )
    mark: Mark = Field(description="What is reached: proven, else practised, else open.")
    has_lesson: bool
    labs: list[str] = Field(
        validation_alias="lab_slugs",
        description="The labs that prove it, by slug.",
        examples=[["traffic-report"]],
    )
    drill: LabSummaryOut | None = Field(
        description="The drill in its lesson that practises it; null where there is none."
    )


class SkillOut(Shape):
    """One skill of a path, with its objectives, course and labs."""

    slug: str = Field(examples=["language"])
    order: int = Field(description="Its place on the path, from 1.", examples=[1])
    title: str = Field(examples=["A backend language"])
    summary: str
    technologies: list[str] = Field(examples=[["Python", "JavaScript"]])
    objective_count: int = Field(examples=[12])
    proven_count: int = Field(examples=[5])
    practised_count: int = Field(description=PRACTISED, examples=[2])
    is_proven: bool
    standing: StandingOut
    is_start_here: bool
    objectives: list[ObjectiveOut]
    course: CourseOut
    labs: list[LabSummaryOut]


class PathOut(Shape):
    """A path with everything on it, as the learner stands on it."""

    slug: str = Field(examples=["backend-developer"])
    title: str = Field(examples=["Backend Developer"])
    summary: str
    start_here: str | None = Field(description=START_HERE, examples=["language"])
    words: str = Field(description=WORDS, examples=["Start here: 1 A backend language."])
    objective_count: int = Field(examples=[81])
    proven_count: int = Field(examples=[5])
    practised_count: int = Field(description=PRACTISED, examples=[2])
    provable_count: int = Field(description=PROVABLE, examples=[28])
    skills: list[SkillOut]

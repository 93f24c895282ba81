"""The shapes of progress in short: how far, on which skill next, and the courses under way.

The objectives one by one stand in a path's own answer.
"""

from pydantic import Field

from milepost.api.v1.schemas.courses import CourseOut
from milepost.api.v1.schemas.me import TrackOut
from milepost.api.v1.schemas.shapes import Shape
from milepost.api.v1.schemas.standing import PROVABLE, START_HERE, WORDS, StandingOut


class SkillProgressOut(Shape):
    """How far the learner is with one skill."""

    slug: str = Field(examples=["language"])
    order: int = Field(examples=[1])
    title: str = Field(examples=["A backend language"])
    objective_count: int = Field(examples=[12])
    proven_count: int = Field(examples=[5])
    is_proven: bool
    standing: StandingOut
    is_start_here: bool
    course: CourseOut


class PathProgressOut(Shape):
    """How far the learner is on one path."""

    slug: str = Field(examples=["backend-developer"])
    title: str = Field(examples=["Backend Developer"])
    start_here: str | None = Field(description=START_HERE, examples=["language"])
    words: str = Field(description=WORDS, examples=["Start here: 1 A backend language."])
    objective_count: int = Field(examples=[81])
    proven_count: int = Field(examples=[5])
    provable_count: int = Field(description=PROVABLE, examples=[28])
    skills: list[SkillProgressOut]


class ProgressOut(Shape):
    """How far the learner is on every path."""

    track: TrackOut | None
    paths: list[PathProgressOut]

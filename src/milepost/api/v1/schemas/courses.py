"""The shapes of suggested courses and of a learner's state with them.

A state is always a word, `none` included, so that what is read can be sent back.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from milepost.api.v1.schemas.shapes import Request, Shape
from milepost.progress.types import CourseState


class CourseStateWord(StrEnum):
    """How far a learner is with a course; `none` when they never said."""

    NONE = "none"
    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"

    def to_state(self) -> CourseState | None:
        """Return the state as progress knows it."""
        return None if self is CourseStateWord.NONE else CourseState(self.value)


def _to_word(value: object) -> object:
    return CourseStateWord.NONE if value is None else value


class CourseOut(Shape):
    """The outside course suggested with a skill, and how far the learner is with it."""

    path: str = Field(examples=["backend-developer"])
    skill: str = Field(examples=["language"])
    title: str = Field(examples=["Learn Python"])
    provider: str = Field(examples=["Codecademy"])
    url: str | None = Field(
        description="Where the course is; null unless this installation's operator set it."
    )
    state: Annotated[CourseStateWord, BeforeValidator(_to_word)] = Field(examples=["started"])
    planned_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class SetCourseState(Request):
    """The state that a course moves to. `none` forgets it with its dates."""

    state: CourseStateWord = Field(examples=["started"])

"""The shapes of progress in short: how far, on which skill next, and the courses under way.

The objectives one by one stand in a path's own answer.
"""

from datetime import datetime
from uuid import UUID

from pydantic import AliasPath, Field

from milepost.api.v1.schemas.courses import CourseOut
from milepost.api.v1.schemas.me import TrackOut
from milepost.api.v1.schemas.shapes import Shape
from milepost.api.v1.schemas.standing import (
    PRACTISED,
    PROVABLE,
    START_HERE,
    WORDS,
    StandingOut,
)
from milepost.progress.types import LeftKind


class SkillProgressOut(Shape):
    """How far the learner is with one skill."""

    slug: str = Field(examples=["language"])
    order: int = Field(examples=[1])
    title: str = Field(examples=["A backend language"])
    objective_count: int = Field(examples=[12])
    proven_count: int = Field(examples=[5])
    practised_count: int = Field(description=PRACTISED, examples=[2])
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
    practised_count: int = Field(description=PRACTISED, examples=[2])
    provable_count: int = Field(description=PROVABLE, examples=[28])
    skills: list[SkillProgressOut]


class LeftOffOut(Shape):
    """Where the learner left off: the newest work that is not finished."""

    lab: str = Field(validation_alias=AliasPath("lab", "slug"), examples=["traffic-report"])
    stack: str = Field(examples=["python"])
    kind: LeftKind = Field(
        description="`draft`: written and not run since; `failed`: a run that did not pass; "
        "`not_submitted`: a try that passed; `not_graded`: a run that a fault of Milepost's or of "
        "the lab ended; `waiting`: a run without a verdict yet."
    )
    words: str = Field(
        description="What was left, as pages and the terminal say it. A hidden check is never "
        "named.",
        examples=["Till receipt, Python: 2 of 9 checks fail; first: An empty basket costs nothing"],
    )
    check: str | None = Field(
        description="The visible check to look at first; null where there is none.",
        examples=["test_an_empty_basket_costs_nothing"],
    )
    submission_id: UUID | None = Field(
        validation_alias="run_id", description="The run, a try or a submission; null for a draft."
    )
    at: datetime = Field(description="When it was handed in, or the draft saved.")
    address: str = Field(
        description="The page that goes on with it, on this server.",
        examples=["/labs/traffic-report?stack=python"],
    )


class ProgressOut(Shape):
    """How far the learner is on every path, and where they left off."""

    track: TrackOut | None
    paths: list[PathProgressOut]
    left_off: LeftOffOut | None = Field(description="Null where nothing is left unfinished.")

"""The shapes of progress over time: totals a day, and what each lab took.

Where nothing is known the answer is null, never a guess.
"""

from datetime import date, datetime

from pydantic import AliasPath, Field

from milepost.api.v1.schemas.shapes import Shape


class DayTotalOut(Shape):
    """How many objectives were practised and proven by the end of a day."""

    day: date = Field(description="In UTC.", examples=["2026-03-01"])
    practised_count: int = Field(
        description="One that is proven after it was practised counts in both.", examples=[7]
    )
    proven_count: int = Field(examples=[5])


class LabHistoryOut(Shape):
    """What a lab or a drill took, until its first pass or so far."""

    lab: str = Field(validation_alias=AliasPath("lab", "slug"), examples=["traffic-report"])
    kind: str = Field(validation_alias=AliasPath("lab", "kind"), examples=["lab"])
    title: str = Field(validation_alias=AliasPath("lab", "title"), examples=["Traffic report"])
    attempt_count: int = Field(
        description="Submissions up to the first that passed, or so far. What ended through a "
        "fault of Milepost's or of the lab is not counted.",
        examples=[3],
    )
    passed_at: datetime | None = Field(description="When the first that passed was handed in.")
    worked_seconds: int | None = Field(
        description="An estimate: the time between signs of work (drafts saved, submissions, hints "
        "opened), without pauses that are longer than `longest_pause_seconds`. Work that left no "
        "sign, as in an editor of the learner's own, is not in it. Null where there was one sign.",
        examples=[2700],
    )


class HistoryOut(Shape):
    """How the learner's progress came about."""

    days: list[DayTotalOut] = Field(
        description="The days on which something was reached, with the day before the first of "
        "them and today; empty while nothing is reached."
    )
    labs: list[LabHistoryOut] = Field(description="Those handed in, in the path's order.")
    longest_pause_seconds: int = Field(examples=[900])

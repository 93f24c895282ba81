"""The shapes of a search: its results, each with an excerpt in pieces.

Pieces rather than marked-up text, so that no client need trust or escape anything.
"""

from typing import Self

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape
from milepost.search.types import EntryKind, Results


class PieceOut(Shape):
    """A part of an excerpt."""

    text: str = Field(examples=["idempotent"])
    is_match: bool = Field(description="Whether this is a word that was searched for.")


class SearchResultOut(Shape):
    """One thing that was found."""

    kind: EntryKind
    title: str = Field(examples=["HTTP methods"])
    heading: str = Field(
        description="The section that was found, of a lesson; empty for the lesson's beginning.",
        examples=["Two promises"],
    )
    context: str = Field(
        description="What it is part of: a skill, a path, a module; of an error its status.",
        examples=["REST APIs"],
    )
    address: str = Field(
        description="Where it is on this server, from the root.",
        examples=["/paths/backend-developer/skills/rest-apis/lessons/http-methods"],
    )
    excerpt: list[PieceOut]
    is_in_track: bool = Field(description="False for a lab in none of the track's stacks.")


class SearchOut(Shape):
    """What was found: the best of it, and how much there is in all."""

    items: list[SearchResultOut]
    total: int = Field(description="How much was found, shown here or not.", examples=[1])
    totals: dict[EntryKind, int] = Field(
        description="How much of each kind; kinds of which there is none are left out.",
        examples=[{"lesson": 1}],
    )
    has_all_words: bool = Field(description="False where nothing has all words that were given.")

    @classmethod
    def of(cls, found: Results) -> Self:
        """Return the shape of what was found."""
        return cls(
            items=[SearchResultOut.model_validate(item) for item in found.items],
            total=found.total,
            totals=dict(found.totals),
            has_all_words=found.has_all_words,
        )

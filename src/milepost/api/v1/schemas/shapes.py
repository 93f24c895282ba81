"""What all shapes have in common: they are read from attributes, and lists are objects.

A list is an object with `items`, so that a field can be added beside them later.
"""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Shape(BaseModel):
    """Something that the API answers, made from any object with the same attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Request(BaseModel):
    """Something that the API is sent. A field that it does not know is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(Shape, Generic[Item]):
    """A whole list."""

    items: list[Item]


class Page(Shape, Generic[Item]):
    """A part of a long list, and where the next part begins."""

    items: list[Item]
    next_cursor: str | None = Field(
        description="Send this as `cursor` for the next page; null on the last one."
    )

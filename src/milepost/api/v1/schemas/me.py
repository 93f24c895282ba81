"""The shapes of the person who asks, and of their track.

A track is whole or absent.
"""

from uuid import UUID

from pydantic import Field

from milepost.api.v1.parameters import Name
from milepost.api.v1.schemas.shapes import Request, Shape


class TrackOut(Shape):
    """A choice of one language and one framework, by their slugs."""

    language: str = Field(examples=["python"])
    framework: str = Field(examples=["fastapi"])


class MeOut(Shape):
    """The person who asks."""

    id: UUID
    name: str = Field(examples=["Ada"])
    track: TrackOut | None = Field(description="Null until one is chosen.")


class ChooseTrack(Request):
    """The language and framework to learn with. Both must be the path's."""

    language: Name = Field(examples=["python"])
    framework: Name = Field(examples=["fastapi"])

"""What accounts hand out: who acts, and secrets on their one way to the person they are for.

Plain values; none of them is a row.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Track:
    """A choice of one language and one framework, by their slugs."""

    language: str
    framework: str


@dataclass(frozen=True, slots=True)
class Revisions:
    """The names of what this person is shown of the paths, taken before it is read."""

    content: UUID | None = None
    progress: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf something is done."""

    id: UUID
    name: str
    track: Track | None
    revisions: Revisions = Revisions()


@dataclass(frozen=True, slots=True)
class NewDeviceAuthorization:
    """What a terminal is told once: a code for itself and one for the person."""

    device_code: str
    user_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a terminal gets when it asks: a token, or how long to wait until it asks again."""

    token: str | None
    interval_seconds: int
    was_too_soon: bool = False

"""The shapes of drafts: saving one, and what the server has.

Files are text, as in submissions; whoever saves has kept them, so only a read carries them back.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from milepost.api.v1.parameters import Name
from milepost.api.v1.schemas.shapes import Shape
from milepost.api.v1.schemas.submissions import WithFiles


class SaveDraft(WithFiles):
    """A draft, as text files by their relative path."""

    version: Name | None = Field(
        default=None,
        examples=[None],
        description="The lab's `version` that this was written for; without it, the newest.",
    )


class DraftOut(Shape):
    """Which draft the server has."""

    lab: str = Field(examples=["traffic-report"])
    stack: str = Field(examples=["python"])
    version: str = Field(
        description="The lab's `version` that it was written for.", examples=["9d2f6c1b7a40"]
    )
    revision: UUID = Field(description="Named anew by each save; the `ETag` is this in quotes.")
    saved_at: datetime


class DraftWithFilesOut(DraftOut):
    """A draft with its files."""

    files: dict[str, str] = Field(examples=[{"report.py": "def parse_line(line):\n    ...\n"}])

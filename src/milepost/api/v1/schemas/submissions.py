"""The shapes of submissions: handing in, and what became of it.

Files are text on the way in and out; only `to_source_files` turns them into bytes.
"""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from milepost.api.v1.parameters import Name
from milepost.api.v1.schemas.gradings import GradingSummaryOut
from milepost.api.v1.schemas.shapes import Request, Shape
from milepost.submissions.types import SubmissionKind, SubmissionView

MOST_PICKED = 20
MOST_STEPS = 100


class WithFiles(Request):
    """Something with the text files that a learner wrote, by their relative path."""

    files: dict[str, str] = Field(
        description="Relative path with forward slashes, to UTF-8 text. At most 60 files, "
        "256 KiB each and 1 MiB together.",
        examples=[{"report.py": "def parse_line(line):\n    ...\n"}],
    )

    def to_source_files(self) -> dict[str, bytes]:
        """Return the files as bytes, as they are stored and graded.

        JSON can carry half of a surrogate pair, which is no text: it becomes bytes that are not
        UTF-8, and is refused by name like any other such file.
        """
        return {path: text.encode("utf-8", "surrogatepass") for path, text in self.files.items()}


class SubmitSolution(WithFiles):
    """A solution, as text files by their relative path."""

    lab: Name = Field(examples=["traffic-report"])
    stack: Name = Field(examples=["python"])
    version: Name | None = Field(
        default=None,
        examples=[None],
        description="The lab's `version` that this was written for. If the lab has another by now, "
        "nothing is accepted. Without it, the newest version is what counts.",
    )
    kind: SubmissionKind = Field(
        default=SubmissionKind.SUBMISSION,
        description="A `submission` counts. "
        "A `try` runs the visible checks only and is not listed.",
    )
    only: list[Name] = Field(
        default=[],
        max_length=MOST_PICKED,
        examples=[[]],
        description="Names of visible checks, for a `try` that runs these alone. Its verdict "
        "is theirs only, and never that of the whole lab. Empty: all checks of its kind run.",
    )


class OpenHint(Request):
    """A step of the help that a failed check offers."""

    check: Name = Field(examples=["test_line_becomes_record"])
    step: int | None = Field(
        default=None,
        ge=1,
        le=MOST_STEPS,
        examples=[None],
        description="Which step, from 1. Without it the next one opens. One that is open already "
        "is returned as it is.",
    )


class OpenedHintsOut(Shape):
    """How much help with a check its learner had opened."""

    check: str = Field(examples=["test_line_becomes_record"])
    steps: int = Field(examples=[2])


IdempotencyKeyText = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]*$")
]


class SubmissionOut(Shape):
    """What was handed in or tried, and where its newest grading stands."""

    id: UUID
    lab: str = Field(examples=["traffic-report"])
    lab_title: str = Field(examples=["Traffic report"])
    stack: str = Field(examples=["python"])
    kind: SubmissionKind = Field(examples=["submission"])
    created_at: datetime
    is_current_version: bool = Field(description="False if the lab has changed since.")
    only: list[str] = Field(
        description="The checks that a try ran by themselves: its verdict is theirs alone. "
        "Empty: a whole run.",
        examples=[[]],
    )
    grading: GradingSummaryOut
    passed_count: int = Field(
        description="How many checks of the newest grading passed, hidden ones too.", examples=[12]
    )
    check_count: int = Field(
        description="How many checks of the newest grading have ended.", examples=[16]
    )

    @classmethod
    def of(cls, view: SubmissionView, **more: Any) -> Self:
        """Return the shape of a submission with its newest grading inside."""
        grading = {
            "id": view.grading_id,
            "status": view.status,
            "verdict": view.verdict,
            "graded_at": view.graded_at,
        }
        own = {name: getattr(view, name) for name in cls.model_fields if hasattr(view, name)}
        return cls.model_validate({**own, "grading": grading, **more})


class SubmissionWithFilesOut(SubmissionOut):
    """A submission with the files that were handed in."""

    files: dict[str, str] = Field(examples=[{"report.py": "def parse_line(line):\n    ...\n"}])
    opened_hints: list[OpenedHintsOut] = Field(
        description="The hints that were opened on it, or for the same lab before it was handed in."
    )

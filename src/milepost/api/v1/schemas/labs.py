"""The shapes of labs: in a list, and in full.

Of hidden checks only the number is told.
"""

from datetime import datetime
from typing import Self

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape
from milepost.catalog.types import LabDetail
from milepost.engine import Verdict


class LabSummaryOut(Shape):
    """A lab in a list, with what the learner has done with it."""

    slug: str = Field(examples=["traffic-report"])
    title: str = Field(examples=["Traffic report"])
    summary: str
    path: str = Field(examples=["backend-developer"])
    skill: str = Field(examples=["language"])
    difficulty: str = Field(examples=["easy"])
    minutes: int = Field(description="How long it takes most people.", examples=[90])
    stacks: list[str] = Field(examples=[["python", "node"]])
    passed_at: datetime | None = Field(description="When a submission first passed.")
    last_verdict: Verdict | None = Field(description="The verdict of the newest graded submission.")


class LabObjectiveOut(Shape):
    """An objective that passing the lab proves."""

    key: str = Field(examples=["language.loops"])
    title: str = Field(examples=["Loops"])


class TaskOut(Shape):
    """A part of the lab that can be finished by itself."""

    slug: str = Field(examples=["read-a-line"])
    title: str = Field(examples=["Read a line"])
    sentence: str


class CheckTitleOut(Shape):
    """A visible check, as it is known before it runs."""

    name: str = Field(examples=["test_bytes_are_summed_as_numbers"])
    title: str = Field(examples=["Bytes are summed as numbers"])
    task: str = Field(examples=["build-the-report"])
    objectives: list[str] = Field(examples=[["language.data-types"]])


class LabOut(Shape):
    """A lab as it stands now, with everything that is needed to begin."""

    slug: str = Field(examples=["traffic-report"])
    title: str = Field(examples=["Traffic report"])
    summary: str
    version: str = Field(
        description="The hash of the lab's content; it changes whenever the lab does.",
        examples=["9d2f6c1b7a40"],
    )
    path: str = Field(examples=["backend-developer"])
    skill: str = Field(examples=["language"])
    difficulty: str = Field(examples=["easy"])
    minutes: int = Field(examples=[90])
    stacks: list[str] = Field(examples=[["python", "node"]])
    objectives: list[LabObjectiveOut]
    brief: str = Field(description="What to build, as Markdown.")
    tasks: list[TaskOut]
    checks: list[CheckTitleOut] = Field(description="The visible checks, in the order they run.")
    hidden_check_count: int = Field(
        description="How many checks only the server knows. A submission runs them too.",
        examples=[3],
    )
    starter: dict[str, dict[str, str]] = Field(
        description="The files to begin with: stack, then path, then text.",
        examples=[{"python": {"report.py": "def parse_line(line):\n    ...\n"}}],
    )
    programs: dict[str, list[str]] = Field(
        description="The command that runs a solution, by stack.",
        examples=[{"python": ["python", "report.py"]}],
    )
    closed_at: datetime | None = Field(
        description="Since when nothing new is graded here, because the lab's own checks were "
        "found at fault; null while it is open.",
        examples=[None],
    )

    @classmethod
    def of(cls, lab: LabDetail) -> Self:
        """Return the shape of a lab's current version."""
        return cls.model_validate(
            {
                **{name: getattr(lab, name) for name in cls.model_fields if hasattr(lab, name)},
                "version": lab.content_hash,
                "path": lab.path_slug,
                "skill": lab.skill_slug,
                "objectives": [{"key": key, "title": title} for key, title in lab.objectives],
            }
        )

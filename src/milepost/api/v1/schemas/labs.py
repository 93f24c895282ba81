"""The shapes of labs: in a list, and in full.

Of hidden checks only the number is told.
"""

from datetime import datetime
from typing import Self

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape
from milepost.catalog.types import LabDetail
from milepost.engine import Verdict

CHALLENGE = (
    "Whether it is the challenge of its skill: passing it places a learner past the skill, before "
    "the other labs are done."
)


class LabSummaryOut(Shape):
    """A lab in a list, with what the learner has done with it."""

    slug: str = Field(examples=["traffic-report"])
    kind: str = Field(
        description="`lab` proves its objectives; `drill` practises its one, in a lesson.",
        examples=["lab"],
    )
    title: str = Field(examples=["Traffic report"])
    summary: str
    path: str = Field(examples=["backend-developer"])
    skill: str = Field(examples=["language"])
    difficulty: str = Field(examples=["easy"])
    minutes: int = Field(description="How long it takes most people.", examples=[90])
    stacks: list[str] = Field(examples=[["python", "node"]])
    is_challenge: bool = Field(description=CHALLENGE)
    passed_at: datetime | None = Field(description="When a submission first passed.")
    last_verdict: Verdict | None = Field(description="The verdict of the newest graded submission.")


class LabObjectiveOut(Shape):
    """An objective that passing the lab proves, or the drill practises."""

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


class MutantCountOut(Shape):
    """How many small mistakes, made in a right answer on purpose, the checks caught."""

    solution: str = Field(examples=["python"])
    tried: int = Field(examples=[100])
    caught: int = Field(examples=[98])
    equivalent: int = Field(
        description="How many of those not caught change nothing that the brief asks for.",
        examples=[2],
    )


class RejectedCheatOut(Shape):
    """A cheat that the lab rejected."""

    stack: str = Field(examples=["python"])
    name: str = Field(examples=["equals-everything"])
    sentence: str = Field(description='What it does; completes "an answer that …".')


class AmountOut(Shape):
    """The most that a right answer used of a limit."""

    used: float
    limit: float


class SpoiledCountOut(Shape):
    """Answers of solutions that were spoiled in one element; none of them broke a check."""

    tried: int = Field(examples=[480])
    refused: int = Field(description="How many of them failed a check.", examples=[301])
    kinds: dict[str, int] = Field(
        description="How often each way of spoiling was tried.", examples=[{"null": 40}]
    )


class LabProofOut(Shape):
    """How the lab proved itself before it was published: `milepost labs verify`."""

    verified_at: datetime
    seconds: float = Field(description="How long the verification took.")
    seeds: list[int] = Field(description="The seeds of the runs that look for flakes.")
    repeats: int = Field(description="How often each solution met each seed.")
    engine_version: str
    isolation: str
    stacks: dict[str, str] = Field(examples=[{"python": "Python 3.11.7"}])
    runs: dict[str, int] = Field(
        description="How many runs there were, by kind.",
        examples=[{"starter": 6, "solution": 18, "flawed": 45, "mutant": 200, "cheat": 20}],
    )
    mutants: list[MutantCountOut]
    cheats: list[RejectedCheatOut]
    spoiled: SpoiledCountOut | None = Field(
        default=None, description="Null where the lab was proven before answers were spoiled."
    )
    headroom: dict[str, AmountOut] = Field(
        description="The most that a solution used, by the name of the limit.",
        examples=[{"wall_seconds": {"used": 1.6, "limit": 60}}],
    )


class LabOut(Shape):
    """A lab as it stands now, with everything that is needed to begin."""

    slug: str = Field(examples=["traffic-report"])
    kind: str = Field(
        description="`lab` proves its objectives; `drill` practises its one, in a lesson.",
        examples=["lab"],
    )
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
    is_staged: bool = Field(
        description="Whether the tasks are stages, to be done in their order; the `stages` of a "
        "grading then tell where each stands.",
        examples=[True],
    )
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
    is_challenge: bool = Field(description=CHALLENGE)
    closed_at: datetime | None = Field(
        description="Since when nothing new is graded here, because the lab's own checks were "
        "found at fault; null while it is open.",
        examples=[None],
    )
    proof: LabProofOut | None = Field(
        description="How the lab was proven; null only on an author's own server."
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

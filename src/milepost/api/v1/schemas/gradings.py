"""The shapes of gradings: checks with their evidence, verdicts, and events as they happen.

Hidden checks arrive here already redacted: title and outcome alone.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field, field_validator

from milepost.api.v1.schemas.evidence import EvidenceOut
from milepost.api.v1.schemas.shapes import Shape
from milepost.engine import Outcome, Verdict
from milepost.http.links import address_of_section
from milepost.labs.stages import StageState
from milepost.submissions.types import GradingStatus, LessonLink


class CheckOut(Shape):
    """How one check ended, in words and with evidence."""

    name: str = Field(examples=["test_bytes_are_summed_as_numbers"])
    title: str = Field(examples=["Bytes are summed as numbers"])
    task: str = Field(examples=["build-the-report"])
    objectives: list[str] = Field(examples=[["language.data-types"]])
    hidden: bool = Field(description="Of a hidden check only title and outcome are told.")
    outcome: Outcome = Field(examples=["failed"])
    message: str = Field(
        description="What a mentor would say; empty when it passed.",
        examples=["Bytes are text in the log. Added as text, 5 and 10 make 510."],
    )
    expected: str | None = Field(examples=["15"])
    got: str | None = Field(examples=["'510'"])
    detail: str = Field(description="The failed comparison in full.")
    at_seconds: float | None = Field(
        description="When it began, since the start of the run; null if that is not known.",
        examples=[0.008],
    )
    duration_seconds: float = Field(examples=[0.021])
    evidence: list[EvidenceOut] = Field(
        description="What the check did, what came back, and what the learner's code did "
        "meanwhile, in the order in which it began. `kind` tells the shape. Of a kind that is not "
        "listed here, which a newer version may send, both sides are objects of any fields."
    )


class UsageOut(Shape):
    """The most that a run used, to compare with the lab's limits."""

    wall_seconds: float = Field(examples=[0.84])
    memory_peak_bytes: int = Field(examples=[25165824])
    processes_peak: int = Field(examples=[2])
    output_bytes: int = Field(examples=[4096])
    disk_bytes: int = Field(examples=[524288])


class BuildOut(Shape):
    """How the submission was built, before any check."""

    passed: bool
    output: str = Field(
        description="What the compiler printed: of refused code, where and why.",
        examples=["report.go:12:2: declared and not used: total"],
    )
    seconds: float = Field(examples=[0.41])


class GradingSummaryOut(Shape):
    """Where a submission's newest grading stands."""

    id: UUID
    status: GradingStatus = Field(examples=["finished"])
    verdict: Verdict | None = Field(
        description="`passed`, `failed`, `timed_out` and `crashed` are the learner's; "
        "`lab_broken` and `engine_failed` are ours and cost no attempt. Of a try that named "
        "checks (`only`) it is theirs alone.",
        examples=["failed"],
    )
    graded_at: datetime | None


class MisconceptionOut(Shape):
    """What somebody may have in mind whose work fails exactly as a known wrong answer does."""

    title: str = Field(examples=["Bytes stay text"])
    text: str = Field(examples=["The log holds text. Added as text, 5 and 10 make 510."])


class StageOut(Shape):
    """A stage of a lab: one of its tasks, with a verdict of its own."""

    slug: str = Field(description="The task's slug.", examples=["read-a-line"])
    title: str = Field(examples=["Read a line"])
    sentence: str = Field(
        description="What is done when it is passed.",
        examples=["`parse_line` turns a line into a record of text and numbers."],
    )
    number: int = Field(description="Its place among the stages, from 1.", examples=[2])
    state: StageState = Field(
        description="`passed`: a submission passed all its checks, hidden ones too. `holds`: all "
        "that ran of it passed, but hidden checks did not run, as in a try. `current`: the first "
        "that is not passed. `later`: not passed either; what its checks find can wait. `open`: "
        "its checks still run.",
        examples=["current"],
    )
    passed_count: int = Field(description="How many of its checks passed.", examples=[2])
    check_count: int = Field(
        description="How many checks it has, hidden ones as far as they ran.", examples=[3]
    )
    passed_before_at: datetime | None = Field(
        description="When the latest earlier submission that passed it was handed in, where this "
        "run does not pass it: what it broke. Null for every other stage."
    )


class HintOut(Shape):
    """A step of a hint that its learner has opened."""

    step: int = Field(examples=[1])
    kind: str = Field(
        description="`nudge`: where to look. `lesson`: a section of a lesson, whose heading is "
        "`text`. `example`: the same idea on other data.",
        examples=["nudge"],
    )
    text: str = Field(
        description="Markdown.", examples=["What does `int` make of a size that is `-`?"]
    )
    address: str | None = Field(
        validation_alias="lesson",
        description="Of a lesson's section, the path of its page on this server.",
        examples=[None],
    )

    @field_validator("address", mode="before")
    @classmethod
    def _to_address(cls, lesson: object) -> object:
        return address_of_section(lesson) if isinstance(lesson, LessonLink) else lesson


class CheckHintsOut(Shape):
    """The help that a failed check offers, in steps; only opened ones are told."""

    check: str = Field(examples=["test_line_becomes_record"])
    step_count: int = Field(examples=[3])
    opened: list[HintOut]


class GradingQueuedOut(Shape):
    """Where a waiting grading stands, and when its turn comes."""

    id: UUID
    queue_position: int | None = Field(
        description="Its place in the queue, from 1; null once it runs.", examples=[3]
    )
    expected_wait_seconds: float | None = Field(
        description="In about how long it begins, from how long the latest gradings of this lab "
        "took; null once it runs, and where nothing is known yet.",
        examples=[4.2],
    )
    grading_slots: int | None = Field(
        description="How many gradings the workers that can do this one do at once, in all. 0: it "
        "waits until there is such a worker. Null once it runs.",
        examples=[2],
    )
    waits_because: str | None = Field(
        description="Why no worker takes it, and what lets it begin; null where one can.",
        examples=["No grading worker is running, so this waits; nothing of it is lost."],
    )


class GradingDoubtedOut(Shape):
    """A check could not read the answer; the lab's own solution is graded to see whose fault."""

    id: UUID
    attempt: int
    doubted_at: datetime | None


class GradingInterruptedOut(Shape):
    """A run of the grading ended through a fault of Milepost's own; it is tried again."""

    id: UUID
    attempt: int
    retry_at: datetime | None


class GradingOut(GradingQueuedOut, GradingSummaryOut):
    """One judgement of a submission, with its checks so far."""

    submission: UUID = Field(validation_alias="submission_id")
    attempt: int = Field(description="Which run of the grading this is, from 1; 0 while queued.")
    retry_at: datetime | None = Field(
        description="When it is tried again, after a run that ended through a fault of ours."
    )
    message: str = Field(
        description="One sentence on why; empty when passed, or failed by what checks found."
    )
    limit_hit: str | None = Field(
        description="The limit that ended the run, if one did; none that only a hidden check met.",
        examples=["memory_bytes"],
    )
    usage: UsageOut | None = Field(description="Of the visible checks, which run first.")
    build: BuildOut | None = Field(
        description="Null where the stack builds nothing. Where it failed, no check was run."
    )
    isolation: str | None = Field(examples=["isolated"])
    stack_version: str | None = Field(examples=["Python 3.11.7"])
    engine_version: str | None
    seed: int = Field(description="The inputs were drawn from it; the same seed draws the same.")
    queued_at: datetime
    started_at: datetime | None
    checks: list[CheckOut]
    misconceptions: list[MisconceptionOut] = Field(
        description="Known wrong answers that fail exactly the checks that failed here."
    )
    stages: list[StageOut] = Field(
        description="The lab's tasks in order, each with its standing after this run. Empty where "
        "the lab is not done in stages, before a run begins, of a try of some checks alone, and "
        "where the grading ended through a fault of ours."
    )
    hints: list[CheckHintsOut] = Field(
        description="The failed checks that offer hints. `POST /submissions/{submission}/hints` "
        "opens the next step; a hidden check has none."
    )


class GradingStartedOut(Shape):
    """A run of the grading began. Checks of an earlier attempt no longer count."""

    id: UUID
    attempt: int
    started_at: datetime | None

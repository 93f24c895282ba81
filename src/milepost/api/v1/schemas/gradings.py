"""The shapes of gradings: checks with their evidence, verdicts, and events as they happen.

Hidden checks arrive here already redacted: title and outcome alone.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape
from milepost.engine import Outcome, Verdict
from milepost.submissions.types import GradingStatus


class EvidenceOut(Shape):
    """One thing that a check did to the learner's code, and what came back."""

    kind: str = Field(description="`program`, `call` or `note`.", examples=["call"])
    title: str = Field(examples=["parse_line(…)"])
    at_seconds: float = Field(description="Since the run began.", examples=[0.012])
    duration_seconds: float = Field(examples=[0.0004])
    request: dict[str, Any] = Field(examples=[{"function": "parse_line", "arguments": ["…"]}])
    response: dict[str, Any] = Field(examples=[{"value": {"status": 200}}])
    repeat: str | None = Field(
        description="The shell line that repeats it on the learner's machine.",
        examples=["python report.py access.log"],
    )
    truncated: bool = Field(description="Whether something was cut because it was long.")


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
    evidence: list[EvidenceOut]


class UsageOut(Shape):
    """The most that a run used, to compare with the lab's limits."""

    wall_seconds: float = Field(examples=[0.84])
    memory_peak_bytes: int = Field(examples=[25165824])
    processes_peak: int = Field(examples=[2])
    output_bytes: int = Field(examples=[4096])
    disk_bytes: int = Field(examples=[524288])


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
    message: str = Field(description="One sentence on why; empty when passed or failed.")
    limit_hit: str | None = Field(
        description="The limit that ended the run, if one did; none that only a hidden check met.",
        examples=["memory_bytes"],
    )
    usage: UsageOut | None = Field(description="Of the visible checks, which run first.")
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


class GradingStartedOut(Shape):
    """A run of the grading began. Checks of an earlier attempt no longer count."""

    id: UUID
    attempt: int
    started_at: datetime | None

"""What a grading says: verdicts, outcomes of checks, and the events that carry them.

What evidence there is lives in `evidence`, how a verdict is reached in `run`, how it is stored in
`submissions`. Everything here is frozen data, which crosses processes as JSON (`serialize`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from milepost.engine.evidence.contract import Evidence


class Verdict(StrEnum):
    """What one grading says as a whole. The last two never count against a learner."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    LAB_BROKEN = "lab_broken"
    ENGINE_FAILED = "engine_failed"


class Outcome(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    BROKEN = "broken"  # the check broke off; whose fault that is, `blame` decides
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class CheckInfo:
    """A check that was found in the lab and will run."""

    name: str
    title: str
    task: str
    hidden: bool
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check ended, in words and with evidence."""

    name: str
    title: str
    task: str
    objectives: tuple[str, ...]
    hidden: bool
    outcome: Outcome
    message: str = ""  # what a mentor would say; empty when passed
    expected: str | None = None
    got: str | None = None
    detail: str = ""
    duration_seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    at_seconds: float | None = None  # since the start of the run; None if that is not known
    hurried: bool = False  # it timed out, but had less time than the lab's limit
    has_run: bool = True  # False where a slip of the pen ended it, mostly before it could begin


@dataclass(frozen=True, slots=True)
class Usage:
    """The most that a run used, to show how close it came to its limits."""

    wall_seconds: float = 0.0
    memory_peak_bytes: int = 0
    processes_peak: int = 0
    output_bytes: int = 0
    disk_bytes: int = 0


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How a submission of a compiled stack was built, before any check."""

    passed: bool
    output: str  # what the compiler printed: of refused code, where and why
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What a report tells its learner beside the checks: hidden checks leave no trace in it."""

    message: str
    limit_hit: str | None
    usage: Usage


@dataclass(frozen=True, slots=True)
class GradeReport:
    """The end of a grading: its verdict and everything needed to explain or replay it.

    `message`, `limit_hit` and `usage` are about all checks. What a learner may read instead is
    `for_learner`.
    """

    verdict: Verdict
    message: str  # one sentence on why; empty when passed or failed
    checks: tuple[CheckResult, ...]
    limit_hit: str | None  # the field of `Limits` that ended it
    usage: Usage
    isolation: str
    stack_version: str
    engine_version: str
    seed: int
    shown: Shown | None = None  # None where no hidden check has run
    build: BuildReport | None = None  # None where nothing had to be built

    def for_learner(self) -> Shown:
        """Return message, limit and usage without what hidden checks add to them."""
        return self.shown or Shown(self.message, self.limit_hit, self.usage)


@dataclass(frozen=True, slots=True)
class BuildFinished:
    """What has to be built was, or can't be; no check has begun yet."""

    build: BuildReport


@dataclass(frozen=True, slots=True)
class ChecksCollected:
    """The lab's checks were found; each will be started in this order."""

    checks: tuple[CheckInfo, ...]


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check began to run."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check ended."""

    result: CheckResult


@dataclass(frozen=True, slots=True)
class GradingFinished:
    """The last event of every grading."""

    report: GradeReport


Event: TypeAlias = BuildFinished | ChecksCollected | CheckStarted | CheckFinished | GradingFinished


def decide_verdict(outcomes: Iterable[Outcome], limit: str | None = None) -> Verdict:
    """Turn the outcomes of all checks into one verdict: the gravest wins, and none is no proof.

    A run that reached the limit `wall_seconds` timed out, even if no check was running then.
    """
    seen = set(outcomes)
    if seen and limit == "wall_seconds":
        seen.add(Outcome.TIMED_OUT)
    if not seen or Outcome.BROKEN in seen:
        return Verdict.LAB_BROKEN
    if Outcome.TIMED_OUT in seen:
        return Verdict.TIMED_OUT
    if Outcome.CRASHED in seen:
        return Verdict.CRASHED
    if seen == {Outcome.PASSED}:
        return Verdict.PASSED
    return Verdict.FAILED

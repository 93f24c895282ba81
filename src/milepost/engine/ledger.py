"""Keeps what a run has shown so far and turns it into exactly one report.

It starts nothing and waits for nothing. Whatever is missing at the end counts as not run; a
fault of Milepost or of the lab outweighs everything a learner did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import milepost
from milepost.engine.request import GradeRequest
from milepost.engine.results import (
    CheckInfo,
    CheckResult,
    GradeReport,
    Outcome,
    Usage,
    Verdict,
    decide_verdict,
)

_NOT_RUN = "It was not run, because the run was over before its turn."


@dataclass(slots=True)
class Ledger:
    """The account of one run."""

    request: GradeRequest
    stack_version: str
    isolation: str
    infos: tuple[CheckInfo, ...] = ()
    running: str | None = None
    results: dict[str, CheckResult] = field(default_factory=dict)
    limit: str | None = None
    usage: Usage = field(default_factory=Usage)
    broken: str | None = None  # what is wrong with the lab
    fault: str | None = None  # what is wrong with Milepost

    def collect(self, infos: tuple[CheckInfo, ...]) -> None:
        """Note which checks will run."""
        self.infos = infos

    def start(self, name: str) -> None:
        """Note which check runs now."""
        self.running = name

    def finish(self, result: CheckResult, limit: str | None) -> None:
        """Note how a check ended, and the limit that ended it."""
        self.results[result.name] = result
        self.running = None
        self.limit = self.limit or limit

    def has_more_checks(self) -> bool:
        """Say whether another check will start after the one that runs now."""
        left = len(self.infos) - len(self.results) - (self.running is not None)
        return left > 0

    def add_usage(self, usage: Mapping[str, int]) -> None:
        """Keep the larger of each measure that is known and those given."""
        larger = {name: max(getattr(self.usage, name), value) for name, value in usage.items()}
        self.usage = replace(self.usage, **larger)

    def report(self, wall_seconds: float) -> GradeReport:
        """Close the account."""
        checks = tuple(self._result(info) for info in self.infos)
        verdict = self._decide(checks)
        return GradeReport(
            verdict=verdict,
            message=self._explain(verdict, checks),
            checks=checks,
            limit_hit=None if verdict is Verdict.PASSED else self.limit,
            usage=replace(self.usage, wall_seconds=round(wall_seconds, 4)),
            isolation=self.isolation,
            stack_version=self.stack_version,
            engine_version=milepost.__version__,
            seed=self.request.seed,
        )

    def _result(self, info: CheckInfo) -> CheckResult:
        found = self.results.get(info.name)
        if found is not None:
            return found
        return CheckResult(
            name=info.name,
            title=info.title,
            task=info.task,
            objectives=info.objectives,
            hidden=info.hidden,
            outcome=Outcome.NOT_RUN,
            message=_NOT_RUN,
        )

    def _decide(self, checks: tuple[CheckResult, ...]) -> Verdict:
        if self.fault is not None:
            return Verdict.ENGINE_FAILED
        if self.broken is not None:
            return Verdict.LAB_BROKEN
        outcomes = [check.outcome for check in checks]
        if self.limit == "wall_seconds" and outcomes:
            outcomes.append(Outcome.TIMED_OUT)  # even if no check was running at that moment
        return decide_verdict(outcomes)

    def _explain(self, verdict: Verdict, checks: tuple[CheckResult, ...]) -> str:
        match verdict:
            case Verdict.PASSED | Verdict.FAILED:
                return ""
            case Verdict.ENGINE_FAILED:
                return f"Milepost itself failed, so this does not count: {self.fault}"
            case Verdict.LAB_BROKEN:
                why = self.broken or _first_message(checks, Outcome.BROKEN)
                return f"The lab is broken, so this does not count: {why}"
            case Verdict.TIMED_OUT if self.limit == "wall_seconds":
                return self.request.limits.describe("wall_seconds")
            case Verdict.TIMED_OUT:
                return _first_message(checks, Outcome.TIMED_OUT)
            case Verdict.CRASHED:
                return _first_message(checks, Outcome.CRASHED)


def _first_message(checks: tuple[CheckResult, ...], outcome: Outcome) -> str:
    found = (check.message for check in checks if check.outcome is outcome)
    return next(found, "It has no checks.")


def read_usage(said: Any) -> dict[str, int]:
    """Keep of what a check process says only the measures that a Usage has."""
    names = ("memory_peak_bytes", "output_bytes", "disk_bytes")
    return {name: int(said[name]) for name in names if name in said}

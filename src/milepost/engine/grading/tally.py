"""Keeps what a run has shown so far and turns it into exactly one report.

It starts nothing and waits for nothing. Whatever is missing at the end counts as not run; a
fault of Milepost or of the lab outweighs everything a learner did. What a learner is told of limits
and usage is what stood before the first hidden check began: those run last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import milepost
from milepost.engine.request import GradeRequest
from milepost.engine.results import (
    BuildReport,
    CheckInfo,
    CheckResult,
    GradeReport,
    Outcome,
    Shown,
    Usage,
    Verdict,
    decide_verdict,
)

_NOT_RUN = "It was not run, because the run was over before its turn."
_NOT_BUILT = "It was not run, because your code could not be built."
_UNBUILT = "Your code could not be built:"
_HIDDEN_TIMED_OUT = "Your code ran out of time in a hidden check."
_HIDDEN_CRASHED = "Your code crashed, or went over a limit, in a hidden check."


@dataclass(slots=True)
class Tally:
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
    _before_hidden: tuple[str | None, Usage] | None = None  # limit and usage
    why_not_run: str = _NOT_RUN
    build: BuildReport | None = None

    @property
    def is_unbuilt(self) -> bool:
        """Whether the submission could not be built, so that no check can run."""
        return self.build is not None and not self.build.passed

    def name_servers(self, servers: Iterable[str]) -> None:
        """Note what ran beside the stack; a database may be the stack itself."""
        others = [each for each in servers if each != self.stack_version]
        self.stack_version = ", ".join([self.stack_version, *others])

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
        self.reach(limit)

    def reach(self, limit: str | None) -> None:
        """Note a limit that was reached; the first one counts."""
        self.limit = self.limit or limit

    def begins_hidden(self, name: str) -> bool:
        """Return whether the check of this name is the first hidden one of the run."""
        return self._before_hidden is None and any(
            info.hidden for info in self.infos if info.name == name
        )

    def seal(self, wall_seconds: float) -> None:
        """Fix what a learner is told of limits and usage as it is now, after so many seconds."""
        self._before_hidden = self.limit, replace(self.usage, wall_seconds=round(wall_seconds, 4))

    def blame_check(self) -> None:
        """Note that the check which runs now did not end, though its guest was gone."""
        info = next((info for info in self.infos if info.name == self.running), None)
        if info is None:
            self.broken = "its checks do not end." if self.infos else "its checks cannot be loaded."
            return
        endless = f"The check `{info.name}` did not end by itself with what your code gave it."
        self.results[info.name] = _without_evidence(info, Outcome.BROKEN, endless)
        self.running = None

    def has_more_checks(self) -> bool:
        """Return whether another check will start after the one that runs now."""
        left = len(self.infos) - len(self.results) - (self.running is not None)
        return left > 0

    def add_usage(self, usage: Mapping[str, int]) -> None:
        """Keep the larger of each measure that is known and those given."""
        larger = {name: max(getattr(self.usage, name), value) for name, value in usage.items()}
        self.usage = replace(self.usage, **larger)

    def report(self, wall_seconds: float) -> GradeReport:
        """Return the report of all that was noted."""
        checks = tuple(self._result(info) for info in self.infos)
        verdict = self._decide(checks)
        message = self._explain(verdict, checks, self.limit)
        return GradeReport(
            verdict=verdict,
            message=message,
            checks=checks,
            limit_hit=None if verdict is Verdict.PASSED else self.limit,
            usage=replace(self.usage, wall_seconds=round(wall_seconds, 4)),
            isolation=self.isolation,
            stack_version=self.stack_version,
            engine_version=milepost.__version__,
            seed=self.request.seed,
            shown=self._show(verdict, message, checks),
            build=self.build,
        )

    def _show(
        self, verdict: Verdict, message: str, checks: tuple[CheckResult, ...]
    ) -> Shown | None:
        if self._before_hidden is None:
            return None
        limit, usage = self._before_hidden
        if message and verdict is not Verdict.ENGINE_FAILED:
            visible = tuple(check for check in checks if not check.hidden)
            message = self._explain(verdict, visible, limit)
        return Shown(message, None if verdict is Verdict.PASSED else limit, usage)

    def _result(self, info: CheckInfo) -> CheckResult:
        found = self.results.get(info.name)
        if found is not None:
            return found
        why = _NOT_BUILT if self.is_unbuilt else self.why_not_run
        return _without_evidence(info, Outcome.NOT_RUN, why)

    def _decide(self, checks: tuple[CheckResult, ...]) -> Verdict:
        if self.fault is not None:
            return Verdict.ENGINE_FAILED
        if self.broken is not None:
            return Verdict.LAB_BROKEN
        if self.is_unbuilt:
            return Verdict.FAILED
        return decide_verdict([check.outcome for check in checks], self.limit)

    def _explain(self, verdict: Verdict, checks: tuple[CheckResult, ...], limit: str | None) -> str:
        match verdict:
            case Verdict.ENGINE_FAILED:
                return f"Milepost itself failed, so this does not count: {self.fault}"
            case Verdict.LAB_BROKEN:
                why = self.broken or _first_message(checks, Outcome.BROKEN, "A hidden check broke.")
                return f"The lab is broken, so this does not count: {why}"
            case Verdict.FAILED if self.build is not None and not self.build.passed:
                first, *_ = self.build.output.split("\n")
                return f"{_UNBUILT} {first}"
            case Verdict.TIMED_OUT if limit == "wall_seconds":
                return self.request.limits.describe("wall_seconds")
            case _:
                return explain_outcomes(verdict, checks)


def explain_outcomes(verdict: Verdict, checks: tuple[CheckResult, ...]) -> str:
    """Return the sentence of the check that led to a verdict; empty if passed or failed.

    Where `checks` leave out the hidden ones, one of these may have led to it, unnamed.
    """
    match verdict:
        case Verdict.TIMED_OUT:
            return _first_message(checks, Outcome.TIMED_OUT, _HIDDEN_TIMED_OUT)
        case Verdict.CRASHED:
            return _first_message(checks, Outcome.CRASHED, _HIDDEN_CRASHED)
        case _:
            return ""


def _first_message(checks: tuple[CheckResult, ...], outcome: Outcome, otherwise: str) -> str:
    if not checks:
        return "It has no checks."
    return next((check.message for check in checks if check.outcome is outcome), otherwise)


def _without_evidence(info: CheckInfo, outcome: Outcome, message: str) -> CheckResult:
    return CheckResult(
        name=info.name,
        title=info.title,
        task=info.task,
        objectives=info.objectives,
        hidden=info.hidden,
        outcome=outcome,
        message=message,
    )

"""Carries out single runs of a verification: through the engine, or from what is kept of them.

Which runs there are is decided in `plan`, what they mean in `gates` and `trial_gates`. Only results
that speak for the lab are kept; any other is had again each time.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from milepost.engine import (
    CheckFinished,
    CheckResult,
    Event,
    Grader,
    GradeReport,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Limits,
    Outcome,
    Verdict,
)
from milepost.labs.model import Lab
from milepost.labs.verification.estimate import Estimate
from milepost.labs.verification.kept import KeptResults, KeptRun, with_checks
from milepost.labs.verification.outcomes import RunOutcome
from milepost.labs.verification.plan import Kind, PlannedRun
from milepost.labs.verification.side_by_side import Idleness
from milepost.labs.verification.spoiled import find_error
from milepost.labs.verification.trials import Ending, read_ending

# Right answers meet a guest of their own, as learners do: what they use of the limits is judged. A
# cheat is never trusted with a guest that another answer will have.
_SHARING = frozenset({Kind.FLAWED, Kind.MUTANT, Kind.SPOILED})
_LONGER = 5
_TRIES = 2  # a fault of the engine may be one of the moment

Found = TypeVar("Found")


class VerificationImpossible(RuntimeError):
    """The engine could not grade, so nothing is known of the lab. The fault is ours."""

    def __init__(self, run: PlannedRun, reason: str) -> None:
        super().__init__(
            f"The engine could not grade {run.place} (seed {run.seed}): {reason}"
            " Nothing was found out about the lab. `milepost doctor` says what is not ready."
        )


class _EngineFailed(Exception):
    """One grading failed by the engine's own fault."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Told while a verification runs: how many runs there may be, and which has just ended.

    The number is told again once it is known how many answers can be spoiled. `remain` is told
    the seconds that are left, or None where nothing is known of them, and how many runs were known
    from before.
    """

    start: Callable[[int], None] = lambda _count: None
    finish: Callable[[PlannedRun], None] = lambda _run: None
    remain: Callable[[float | None, int], None] = lambda _seconds, _kept: None


@dataclass(slots=True)
class Runs:
    """Where the runs of one verification take place."""

    lab: Lab
    copy: Path  # of the checks and their data
    grader: Grader
    kept: KeptResults
    progress: Progress
    estimate: Estimate
    known: int = 0  # how many runs did not have to take place
    idleness: Idleness = field(default_factory=Idleness)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def grade(self, run: PlannedRun) -> RunOutcome:
        """Grade one answer to its end, but for checks whose results are known."""
        entry = self.kept.open(run)
        names = run.checks or tuple(check.name for check in self.lab.checks)
        known = self._list_known(run, entry, names)
        missing = tuple(name for name in names if name not in known)
        report = entry.find_report(list(known.values())) if not missing else None
        if report is not None:
            self.finish(run, None)
            return RunOutcome(run, report)
        started = time.monotonic()
        chosen = _Chosen(missing if known else run.checks)
        report = await self._run(run, chosen, _read_report)
        self.finish(run, time.monotonic() - started)
        contradicted = entry.find_contradicted(filter(_has_judged, report.checks))
        results = known | {each.name: each for each in report.checks}
        report = with_checks(report, [results[name] for name in names if name in results])
        self._keep(run, entry, report, contradicted)
        return RunOutcome(run, report, contradicted=contradicted)

    async def try_until_refused(
        self,
        run: PlannedRun,
        order: Callable[[Sequence[str]], Sequence[str]] = tuple,
        *,
        passes: bool = False,
    ) -> tuple[Ending, float | None]:
        """Grade an answer until a check refuses it; return how that ended, and what it took.

        Checks are run in this order, and not at all where it is known how they end. `passes` says
        that none of them is expected to refuse it.
        """
        entry = self.kept.open(run)
        if entry.is_unbuilt is not None:
            return Ending(Outcome.NOT_RUN, message=entry.is_unbuilt, is_unbuilt=True), None
        names = [check.name for check in self.lab.checks]
        known = self._list_known(run, entry, names)
        if (ending := _find_refusal(known.values())) is not None:
            return ending, None
        missing = [name for name in names if name not in known]
        if not missing:
            return Ending(Outcome.PASSED), None
        started = time.monotonic()
        trial = _Trial()
        chosen = _Chosen(missing if known else (), order(missing), ends_early=not passes)
        ending = await self._run(run, chosen, trial.read)
        if ending.is_unbuilt:
            entry.keep_unbuilt(ending.message)
        elif not ending.broke and (ending.refused or run.kind is not Kind.CHEAT):
            entry.keep(None, [*known.values(), *trial.results])
        return ending, time.monotonic() - started

    def is_known(self, run: PlannedRun) -> bool:
        """Tell whether a run need not take place; of one that may stop early, whether it did."""
        entry = self.kept.open(run)
        names = run.checks or tuple(check.name for check in self.lab.checks)
        known = self._list_known(run, entry, names)
        ends_early = run.kind in (Kind.MUTANT, Kind.CHEAT)
        is_over = entry.is_unbuilt is not None or _find_refusal(known.values()) is not None
        return len(known) == len(names) or (ends_early and is_over)

    def finish(self, run: PlannedRun, seconds: float | None, count: int = 1) -> None:
        """Tell that a run has ended, and what it took; None where it was known.

        `count` is how many planned runs it stands for.
        """
        if seconds is None:
            self.known += count
        else:
            self.estimate.finish(run, seconds, count)
        self.progress.remain(self.estimate.tell_seconds(), self.known)
        for _ in range(count):
            self.progress.finish(run)

    def _list_known(
        self, run: PlannedRun, entry: KeptRun, names: Sequence[str]
    ) -> dict[str, CheckResult]:
        """List what is known and speaks for the lab; a right answer's run is known whole or not."""
        known = {
            name: result
            for name, result in entry.list_known(names).items()
            if self._is_expected(run, result)
        }
        is_part = run.kind is Kind.SOLUTION and len(known) < len(names)
        return {} if is_part else known

    def _keep(
        self,
        run: PlannedRun,
        entry: KeptRun,
        report: GradeReport,
        contradicted: tuple[str, ...],
    ) -> None:
        """Keep what speaks for the lab. What has ended in two ways must be had again as a whole."""
        if contradicted:
            self.kept.forget_alike(run)
            return
        if report.limit_hit == "wall_seconds":
            return
        good = [each for each in report.checks if self._is_expected(run, each)]
        odd = [each for each in report.checks if each not in good and _has_judged(each)]
        if run.kind is Kind.SOLUTION and len(good) < len(report.checks):
            good = []
        if good:
            entry.keep(report, [_strip(run, each) for each in good])
        if run.kind is not Kind.SPOILED:
            entry.remember(odd)

    def _is_expected(self, run: PlannedRun, result: CheckResult) -> bool:
        """Tell whether a check ended as it does in a lab that is right, with nothing in its way."""
        if not _has_judged(result):
            return False
        match run.kind:
            case Kind.SOLUTION:
                return result.outcome is Outcome.PASSED
            case Kind.STARTER:
                return (result.outcome is not Outcome.PASSED) == (
                    result.name in self.lab.starter_fails
                )
            case Kind.FLAWED:
                return (result.outcome is not Outcome.PASSED) == (
                    result.name in self._list_declared(run.name)
                )
            case Kind.SPOILED:
                return not find_error(result)
            case Kind.MUTANT | Kind.CHEAT:
                return True

    def _list_declared(self, flaw: str) -> frozenset[str]:
        return next((each.fails for each in self.lab.flawed() if each.name == flaw), frozenset())

    async def _run(
        self,
        run: PlannedRun,
        chosen: "_Chosen",
        read: Callable[[Event], Found | None],
    ) -> Found:
        """Read events until they say what is looked for, and leave the rest undone."""
        reason = ""
        for _ in range(_TRIES):
            try:
                return await self._run_once(self._request(run, chosen), read)
            except _EngineFailed as failure:
                reason = str(failure)
        raise VerificationImpossible(run, reason)

    async def _run_once(
        self, request: GradeRequest, read: Callable[[Event], Found | None]
    ) -> Found:
        async with aclosing(self.grader.grade(request)) as events:
            async for event in events:
                if isinstance(event, GradingFinished) and _failed(event.report):
                    raise _EngineFailed(event.report.message)
                found = read(event)
                if found is not None:
                    return found
        raise _EngineFailed("it ended without a verdict.")

    def _request(self, run: PlannedRun, chosen: "_Chosen") -> GradeRequest:
        lab = self.lab
        return GradeRequest(
            run_id=f"verify-{lab.slug}-{next(self._numbers)}",
            lab=self.copy,
            stack=run.stack,
            spec=lab.grading if run.spoil is None else _make_patient(lab.grading),
            files=run.files,
            seed=run.seed,
            spoil=run.spoil,
            only=tuple(chosen.only),
            first=tuple(chosen.first),
            shares_guests=run.kind in _SHARING,
            ends_early=chosen.ends_early,
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which checks of a run look at the answer; without `only`, all do."""

    only: Sequence[str]
    first: Sequence[str] = ()
    ends_early: bool = False


class _Trial:
    """Reads the events of a trial, and keeps what each check said on the way to its end."""

    def __init__(self) -> None:
        self.results: list[CheckResult] = []

    def read(self, event: Event) -> Ending | None:
        if isinstance(event, CheckFinished) and _has_judged(event.result):
            self.results.append(replace(event.result, evidence=()))
        return read_ending(event)


def _find_refusal(results: Iterable[CheckResult]) -> Ending | None:
    for result in results:
        if result.outcome is not Outcome.PASSED:
            return Ending(result.outcome, result.name, result.message or result.detail)
    return None


def _has_judged(result: CheckResult) -> bool:
    """Tell whether a check ran with all its time, and judged the answer, whatever it found."""
    return result.outcome not in (Outcome.NOT_RUN, Outcome.BROKEN) and not result.hurried


def _strip(run: PlannedRun, result: CheckResult) -> CheckResult:
    """Leave out evidence that nobody looks at again."""
    is_read = run.kind in (Kind.SOLUTION, Kind.SPOILED)
    return result if is_read else replace(result, evidence=())


def _make_patient(spec: GradingSpec) -> GradingSpec:
    """Give a run the time to reach its last check, though some wait for what a spoil took away.

    A right answer needs less than half of the time of a call (gate 7), so less is waited for.
    """
    limits = Limits.read(_loosen(spec.limits.to_document()))
    stack_limits = {stack: _loosen(chosen) for stack, chosen in spec.stack_limits.items()}
    return replace(spec, limits=limits, stack_limits=stack_limits)


def _loosen(limits: Mapping[str, float]) -> dict[str, float]:
    times = {"wall_seconds": _LONGER, "run_seconds": 0.5}
    return {name: value * times.get(name, 1) for name, value in limits.items()}


def _read_report(event: Event) -> GradeReport | None:
    return event.report if isinstance(event, GradingFinished) else None


def _failed(report: GradeReport) -> bool:
    return report.verdict is Verdict.ENGINE_FAILED

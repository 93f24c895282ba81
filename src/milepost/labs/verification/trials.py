"""Trials: answers that must be refused, and only the first check that does so matters.

Which answers those are is known in `mutants` and `cheats`; whether enough were refused is judged
in `trial_gates`. A trial ends with the first check that is not passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from milepost.engine import BuildFinished, CheckFinished, Event, GradingFinished, Outcome, Verdict
from milepost.labs.verification.cheats import Cheat
from milepost.labs.verification.mutants import Mutant
from milepost.labs.verification.plan import Kind, PlannedRun


@dataclass(frozen=True, slots=True)
class Ending:
    """How a trial ended: with the check that refused it, or passed by all."""

    outcome: Outcome
    check: str = ""
    message: str = ""
    is_unbuilt: bool = False  # the compiler refused it, so no check has judged anything

    @property
    def refused(self) -> bool:
        """Tell whether some check saw that the answer is none, for a reason of its own."""
        return self.outcome not in (Outcome.PASSED, Outcome.BROKEN) and not self.is_unbuilt

    @property
    def broke(self) -> bool:
        """Tell whether a check, or the lab, fell over instead of judging."""
        return self.outcome is Outcome.BROKEN


@dataclass(frozen=True, slots=True)
class MutantTrial:
    """A mutant, and how it ended."""

    mutant: Mutant
    ending: Ending


@dataclass(frozen=True, slots=True)
class CheatTrial:
    """A cheat, and how it ended."""

    cheat: Cheat
    ending: Ending


def run_of_mutant(mutant: Mutant, seed: int) -> PlannedRun:
    """Say how a mutant is graded."""
    return PlannedRun(Kind.MUTANT, mutant.solution, mutant.stack, seed, 1, mutant.files)


def run_of_mutants(mutants: Sequence[Mutant], files: Mapping[str, bytes], seed: int) -> PlannedRun:
    """Say how several mutants are graded at once, whose changes are all in these files."""
    first = mutants[0]
    return PlannedRun(Kind.MUTANT, first.solution, first.stack, seed, 1, files)


def run_of_cheat(cheat: Cheat, seed: int) -> PlannedRun:
    """Say how a cheat is graded."""
    return PlannedRun(Kind.CHEAT, cheat.name, cheat.stack, seed, 1, cheat.files)


def read_ending(event: Event) -> Ending | None:
    """Read from an event how a trial ended, or None while it goes on."""
    if isinstance(event, BuildFinished) and not event.build.passed:
        return Ending(Outcome.NOT_RUN, message=event.build.output, is_unbuilt=True)
    if isinstance(event, CheckFinished) and event.result.outcome is not Outcome.PASSED:
        result = event.result
        return Ending(result.outcome, result.name, result.message or result.detail)
    if not isinstance(event, GradingFinished):
        return None
    report = event.report
    if report.verdict is Verdict.PASSED:
        return Ending(Outcome.PASSED)
    if report.verdict is Verdict.LAB_BROKEN:
        return Ending(Outcome.BROKEN, message=report.message)
    return Ending(Outcome.FAILED, message=report.message)

"""What the runs of a verification showed: each by itself, and all together.

Whether that is good is decided in `gates` and `trial_gates`.
"""

from dataclasses import dataclass

from milepost.engine import GradeReport, Outcome, Verdict
from milepost.labs.model import Lab
from milepost.labs.verification.plan import Kind, MutantPlan, Plan, PlannedRun
from milepost.labs.verification.spoiled import SpoiledTrial
from milepost.labs.verification.trials import CheatTrial, MutantTrial


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A planned run and the report it led to."""

    run: PlannedRun
    report: GradeReport
    contradicted: tuple[str, ...] = ()  # checks that ended otherwise before, with the same inputs

    @property
    def failing(self) -> frozenset[str]:
        """Name the checks that ran and did not pass, with as much time as the lab gives."""
        return frozenset(
            check.name
            for check in self.report.checks
            if check.outcome is not Outcome.PASSED and check.name not in self.unknown
        )

    @property
    def unknown(self) -> frozenset[str]:
        """Name the checks that did not run, or were stopped early: they prove nothing."""
        return frozenset(
            check.name
            for check in self.report.checks
            if check.outcome is Outcome.NOT_RUN or check.hurried
        )

    @property
    def is_right(self) -> bool:
        """Tell whether everything ran and passed."""
        return not (self.failing or self.unknown or self.fault)

    @property
    def fault(self) -> str | None:
        """Say why the checks could not judge the code, or None where they really did."""
        build = self.report.build
        if build is not None and not build.passed:
            return f"it can't be built ({build.output})"
        if self.report.verdict is not Verdict.LAB_BROKEN:
            return None
        broken = [
            f"{check.name}: {check.message or check.detail}"
            for check in self.report.checks
            if check.outcome is Outcome.BROKEN
        ]
        said = "; ".join(broken) or self.report.message or "no reason was given"
        return f"{self.report.verdict.value} ({said})"

    @property
    def derailed(self) -> frozenset[str]:
        """Name the checks that could not judge, because the code crashed or ran out of time."""
        judged = {Outcome.PASSED, Outcome.FAILED}
        return frozenset(check.name for check in self.report.checks if check.outcome not in judged)

    def explain(self, check_name: str) -> str:
        """Say why a check did not pass, in the words its learner would read."""
        for check in self.report.checks:
            if check.name == check_name:
                return check.message or check.outcome.value
        return "it was not run"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a verification has run, and why."""

    lab: Lab
    plan: Plan
    outcomes: tuple[RunOutcome, ...]
    mutants: tuple[MutantPlan, ...] = ()
    mutant_trials: tuple[MutantTrial, ...] = ()
    cheat_trials: tuple[CheatTrial, ...] = ()
    spoiled_trials: tuple[SpoiledTrial, ...] = ()
    spoiled_runs: int = 0
    kept: int = 0  # how many of all runs are known from an earlier verification

    def of(self, kind: Kind) -> list[RunOutcome]:
        """List the outcomes of one kind."""
        return [found for found in self.outcomes if found.run.kind is kind]

    @property
    def solutions_pass(self) -> bool:
        """Tell whether every right answer passed; if not, a mutant's failure means nothing."""
        right = self.of(Kind.SOLUTION)
        return all(found.is_right for found in right) if right else False

    def find_first_solution(self, stack: str) -> RunOutcome | None:
        """Find what the first right answer on a stack was asked, and answered."""
        return next((found for found in self.of(Kind.SOLUTION) if found.run.stack == stack), None)

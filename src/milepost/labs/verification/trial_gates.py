"""The gates of mutants, cheats and headroom, as judgements over what the runs showed.

The other gates live in `gates`. Each problem is a sentence that says what to do next; each
description is a fact that is printed and kept, whether the gate was passed or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from milepost.labs.verification.headroom import measure_headroom
from milepost.labs.verification.outcomes import Findings
from milepost.labs.verification.plan import MutantPlan
from milepost.labs.verification.trials import MutantTrial

MARK = 0.9  # of the mutants of a solution must be caught
FEWEST = 20  # mutants of a solution that say something
HALF = 0.5
_SHOWN = 160
_NOT_RUN = (
    "Not run, because a solution does not pass by itself, so that a refusal would mean nothing."
    " Fix the solution, or the checks, first (gate 2)."
)


@dataclass(frozen=True, slots=True)
class MutantScore:
    """How many mutants of one solution were caught."""

    solution: str
    made: int
    tried: int
    caught: int
    equivalent: int  # tried, not caught, and with a reason why nobody could
    survivors: tuple[MutantTrial, ...]  # not caught, and without a reason

    @property
    def share(self) -> float:
        """Tell the share of those that could be caught."""
        possible = self.tried - self.equivalent
        return self.caught / possible if possible else 1.0


def score_mutants(findings: Findings) -> list[MutantScore]:
    """Count for each solution how many of its mutants were caught."""
    reasons = {reason.key for reason in findings.lab.equivalents}
    return [_score(findings, plan, reasons) for plan in findings.mutants]


def judge_mutants(findings: Findings) -> Iterator[str]:
    """Say what is missing for the checks to see small mistakes."""
    yield from _judge_reasons(findings)
    if not findings.solutions_pass:
        yield _NOT_RUN
        return
    if not findings.lab.is_drill:  # whose few checks are no net for every slip
        yield from _judge_scores(findings)
    for trial in findings.mutant_trials:
        if trial.ending.broke:
            yield (
                f"{trial.ending.check or 'checks.py'} falls over {_where(trial)} is tried, instead"
                f" of judging it: {trial.ending.message} A learner who makes that mistake would"
                " close the lab. Guard what came from the learner before looking into it."
            )


def _judge_scores(findings: Findings) -> Iterator[str]:
    for score in score_mutants(findings):
        if score.tried < min(FEWEST, score.made):
            yield (
                f"solutions/{score.solution}: only {score.tried} of {score.made} possible mutants"
                f" were tried, and {FEWEST} are asked where there are as many. Give --mutants a"
                " larger number, or leave it out."
            )
        if score.share < MARK:
            yield (
                f"solutions/{score.solution}: {score.share:.0%} of its mutants are caught, and"
                f" {MARK:.0%} are asked. Look at each that is listed as not caught: add a check, or"
                " inputs, that tell it apart; where nobody could, write into mutants.toml why."
            )


def describe_mutants(findings: Findings) -> Iterator[str]:
    """Tell the shares, and list what was not caught."""
    for score in score_mutants(findings) if findings.solutions_pass else ():
        if not score.made:
            yield f"solutions/{score.solution}: nothing in it can be mutated."
            continue
        alike = f", {score.equivalent} explained as equivalent" if score.equivalent else ""
        yield (
            f"solutions/{score.solution}: {score.caught} of {score.tried} mutants caught{alike}"
            f" ({score.share:.0%}; {score.made} are possible)"
        )
        for trial in score.survivors:
            mutant = trial.mutant
            yield (
                f"not caught: {mutant.file}:{mutant.line} ({mutant.kind})"
                f"\n- {mutant.was[:_SHOWN]}\n+ {mutant.becomes[:_SHOWN]}"
            )


def judge_cheats(findings: Findings) -> Iterator[str]:
    """Say which cheats get through, or break the lab."""
    if not findings.solutions_pass:
        yield _NOT_RUN
        return
    for trial in findings.cheat_trials:
        cheat, ending = trial.cheat, trial.ending
        answer = f"The cheat {cheat.name} ({cheat.stack}), an answer that {cheat.sentence},"
        if ending.is_unbuilt:
            yield f"{answer} can't be built here, so it was not tried: {ending.message}"
        elif ending.broke:
            yield (
                f"{answer} makes {ending.check or 'the lab'} fall over instead of judging it:"
                f" {ending.message} Whoever does that would close the lab for all. Guard what the"
                " check reads after learner code ran."
            )
        elif not ending.refused:
            yield (
                f"{answer} passes. Ask something that only an answer to the brief can know: draw"
                " inputs from `random`, and look at what comes back, not only that nothing failed."
            )


def describe_cheats(findings: Findings) -> Iterator[str]:
    """Name the cheats that were rejected, stack by stack."""
    for stack in findings.lab.stacks:
        tried = [trial for trial in findings.cheat_trials if trial.cheat.stack == stack]
        rejected = [trial.cheat.name for trial in tried if trial.ending.refused]
        if tried:
            names = ", ".join(rejected)
            yield f"{stack}: {len(rejected)} of {len(tried)} rejected ({names})"
        elif findings.solutions_pass:
            yield f"{stack}: no cheat is known for files of this kind"


def judge_headroom(findings: Findings) -> Iterator[str]:
    """Say which limits a right answer comes too close to."""
    for found in measure_headroom(findings):
        if found.share >= HALF:
            yield (
                f"A solution used {found.describe()}, which is half of the limit or more. On a busy"
                f" machine right answers would fail. Raise `{found.limit}` in lab.toml, [limits],"
                " or ask for less work in one run."
            )


def describe_headroom(findings: Findings) -> Iterator[str]:
    """Name the limit that right answers come closest to."""
    closest = max(measure_headroom(findings), key=lambda found: found.share, default=None)
    if closest is not None:
        yield f"closest: {closest.describe()}"


def _score(findings: Findings, plan: MutantPlan, reasons: set[tuple[str, str, str]]) -> MutantScore:
    tried = [
        trial
        for trial in findings.mutant_trials
        if trial.mutant.solution == plan.solution and not trial.ending.is_unbuilt
    ]
    missed = [trial for trial in tried if not (trial.ending.refused or trial.ending.broke)]
    survivors = tuple(trial for trial in missed if trial.mutant.key not in reasons)
    return MutantScore(
        solution=plan.solution,
        made=len(plan.made),
        tried=len(tried),
        caught=len(tried) - len(missed),
        equivalent=len(missed) - len(survivors),
        survivors=survivors,
    )


def _judge_reasons(findings: Findings) -> Iterator[str]:
    possible = {mutant.key for plan in findings.mutants for mutant in plan.made}
    ended = {trial.mutant.key: trial for trial in findings.mutant_trials}
    for reason in findings.lab.equivalents:
        change = f"`{reason.was[:_SHOWN]}` → `{reason.becomes[:_SHOWN]}`"
        trial = ended.get(reason.key)
        if reason.key not in possible:
            yield (
                f"mutants.toml explains a change to {reason.file} that can't be made (any more):"
                f" {change}. Remove it, or fix its lines."
            )
        elif trial is not None and trial.ending.refused:
            yield (
                f"mutants.toml calls a change to {reason.file} equivalent: {change}. But"
                f" {trial.ending.check or 'a check'} catches it. Remove the reason."
            )


def _where(trial: MutantTrial) -> str:
    mutant = trial.mutant
    return f"where {mutant.file}:{mutant.line} with `{mutant.becomes[:_SHOWN]}`"

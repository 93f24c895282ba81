"""Carries out the runs of a plan, and has judged what they showed.

What is run is decided in `plan`, how one run takes place in `runs`, what it means in `gates` and
`trial_gates`. The checks run from a fresh copy without bytecode, so nothing stale can speak for
the lab.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from milepost.engine import Grader, Outcome
from milepost.labs.checks_folder import write_checks
from milepost.labs.model import Lab
from milepost.labs.verification.cheats import (
    Cheat,
    find_grounds,
    learn_by_heart,
    list_called,
    list_cheats,
)
from milepost.labs.verification.estimate import Estimate
from milepost.labs.verification.gates import judge_all
from milepost.labs.verification.kept import KeptResults
from milepost.labs.verification.killers import Killers
from milepost.labs.verification.mutants import Mutant, apply_together, group_apart
from milepost.labs.verification.outcomes import Findings
from milepost.labs.verification.plan import (
    Kind,
    MutantPlan,
    Plan,
    PlannedRun,
    count_cheats,
    count_spoiled_runs,
    list_spoiled,
    plan_mutants,
    plan_runs,
)
from milepost.labs.verification.record import Record, compose_record
from milepost.labs.verification.runs import Progress, Runs
from milepost.labs.verification.side_by_side import AT_ONCE, side_by_side
from milepost.labs.verification.spoiled import (
    SpoiledTrial,
    SpoilName,
    choose_new_spoils,
    name_spoils,
    read_spoilable,
    read_spoiled,
    run_of_listing,
    run_of_spoils,
)
from milepost.labs.verification.trials import (
    CheatTrial,
    MutantTrial,
    run_of_cheat,
    run_of_mutant,
    run_of_mutants,
)

_PACE = "seconds"  # the note of what runs took


async def verify_lab(
    lab: Lab,
    grader: Grader,
    plan: Plan,
    progress: Progress | None = None,
    kept: KeptResults | None = None,
) -> Record:
    """Run everything that proves a lab and is not known yet, and say which gates it passed.

    Raises VerificationImpossible, or what the engine raises where nothing can be run at all.
    """
    started = time.monotonic()
    kept = kept or KeptResults(None, lab, "")
    with tempfile.TemporaryDirectory(prefix="milepost-verify-") as folder:
        runs = Runs(
            lab=lab,
            copy=write_checks(lab, Path(folder)),
            grader=grader,
            kept=kept,
            progress=progress or Progress(),
            estimate=Estimate(AT_ONCE, kept.notes.get(_PACE, {})),
        )
        findings = await _find_out(runs, plan)
    kept.notes |= {_PACE: runs.estimate.measured()}
    kept.close()
    return compose_record(findings, judge_all(findings), time.monotonic() - started)


async def _find_out(runs: Runs, plan: Plan) -> Findings:
    """Have all runs take place that a plan asks for; trials only where right answers pass."""
    lab = runs.lab
    planned, mutants = plan_runs(lab, plan), plan_mutants(lab, plan)
    chosen = [mutant for each in mutants for mutant in each.chosen]
    known = len(planned) + len(chosen) + count_cheats(lab, plan)
    runs.progress.start(known + count_spoiled_runs(lab, plan))
    _expect(runs, plan, [*planned, *(run_of_mutant(each, plan.seeds[0]) for each in chosen)])
    # What right answers use of their limits is judged: beside them there is never more at once.
    right = [run for run in planned if run.kind is Kind.SOLUTION]
    wrong = [run for run in planned if run.kind is not Kind.SOLUTION]
    outcomes = await side_by_side(right, runs.grade)
    outcomes += await side_by_side(wrong, runs.grade, runs.idleness)
    findings = Findings(lab, plan, tuple(outcomes), mutants)
    if findings.solutions_pass:
        spoiled = await _plan_spoiled(runs, plan)
        spoiled_runs = len(spoiled) + len(list_spoiled(lab, plan))
        runs.progress.start(known + spoiled_runs)
        findings = replace(
            findings,
            mutant_trials=await _try_mutants(runs, findings),
            cheat_trials=await _try_cheats(runs, findings),
            spoiled_trials=await _try_spoiled(runs, spoiled),
            spoiled_runs=spoiled_runs,
        )
    return replace(findings, kept=runs.known)


def _expect(runs: Runs, plan: Plan, planned: Sequence[PlannedRun]) -> None:
    """Estimate what is ahead; of runs that are planned later, as large a share as of these."""
    waiting = [run for run in planned if not runs.is_known(run)]
    runs.estimate.plan(waiting)
    share = len(waiting) / len(planned) if planned else 1.0
    for number, solution in enumerate(list_spoiled(runs.lab, plan)):
        most = 1 + (plan.spoiled_runs if number == 0 else 1)
        runs.estimate.expect(Kind.SPOILED, solution.stack, round(most * share))
    for ground in find_grounds(runs.lab) if plan.asks(5) else ():
        count = 1 + sum(1 for _ in list_cheats(ground, ()))
        runs.estimate.expect(Kind.CHEAT, ground.stack, round(count * share))
    runs.progress.remain(runs.estimate.tell_seconds(), 0)


async def _try_mutants(runs: Runs, findings: Findings) -> tuple[MutantTrial, ...]:
    """Try the chosen mutants; in the place of one that can't be built, another is tried.

    Those that are explained as equivalent are tried together: no check is expected to see them.
    """
    seed, reasons = findings.plan.seeds[0], {each.key for each in runs.lab.equivalents}
    killers = Killers(check for found in findings.of(Kind.FLAWED) for check in found.failing)

    async def try_one(mutant: Mutant) -> list[MutantTrial]:
        def order(names: Sequence[str]) -> Sequence[str]:
            return killers.order(mutant, names)

        run = run_of_mutant(mutant, seed)
        passes = mutant.key in reasons
        ending, seconds = await runs.try_until_refused(run, order, passes=passes)
        if ending.refused:
            killers.note(mutant, ending.check)
        runs.finish(run, seconds)
        return [MutantTrial(mutant, ending)]

    async def try_group(group: list[Mutant]) -> list[MutantTrial]:
        if len(group) == 1:
            return await try_one(group[0])
        run = run_of_mutants(group, apply_together(group), seed)
        ending, seconds = await runs.try_until_refused(run, passes=True)
        if ending.outcome is Outcome.PASSED:
            runs.finish(run, seconds, count=len(group))
            return [MutantTrial(mutant, ending) for mutant in group]
        half = len(group) // 2
        return [*await try_group(group[:half]), *await try_group(group[half:])]

    spare = {plan.solution: list(plan.spare) for plan in findings.mutants}
    waiting = [group for plan in findings.mutants for group in _group(plan, reasons)]
    trials: list[MutantTrial] = []
    while waiting:
        tried = list(chain.from_iterable(await side_by_side(waiting, try_group, runs.idleness)))
        trials += tried
        unbuilt = [spare[each.mutant.solution] for each in tried if each.ending.is_unbuilt]
        waiting = [[others.pop()] for others in unbuilt if others]
    return tuple(trials)


def _group(plan: MutantPlan, reasons: set[tuple[str, str, str]]) -> Iterator[list[Mutant]]:
    """Put what is explained together, as far as no line changes twice; the rest stays alone."""
    yield from ([mutant] for mutant in plan.chosen if mutant.key not in reasons)
    yield from group_apart([mutant for mutant in plan.chosen if mutant.key in reasons])


async def _try_cheats(runs: Runs, findings: Findings) -> tuple[CheatTrial, ...]:
    """Try all cheats, with inputs that no solution has met yet."""

    async def try_cheat(cheat: Cheat) -> CheatTrial:
        run = run_of_cheat(cheat, findings.plan.other_seed)
        ending, seconds = await runs.try_until_refused(run)
        runs.finish(run, seconds)
        return CheatTrial(cheat, ending)

    return tuple(await side_by_side(list(_make_cheats(findings)), try_cheat, runs.idleness))


def _make_cheats(findings: Findings) -> Iterator[Cheat]:
    """Make all cheats that fit; two of a kind are made from what a solution was asked."""
    lab = findings.lab
    for ground in find_grounds(lab) if findings.plan.asks(5) else ():
        right = findings.find_first_solution(ground.stack)
        if right is not None:
            yield from list_cheats(ground, list_called(right.report))
            yield learn_by_heart(ground, lab.grading.entries[ground.stack].program, right.report)


async def _plan_spoiled(runs: Runs, plan: Plan) -> list[PlannedRun]:
    """Run a solution of each stack to see what it answers, and plan how that is spoiled.

    What the answers of one stack offered is not tried again on the next.
    """
    seed = plan.seeds[0]
    solutions = list_spoiled(runs.lab, plan)
    listings = await side_by_side(
        [run_of_listing(solution, seed) for solution in solutions], runs.grade
    )
    planned: list[PlannedRun] = []
    offered: set[SpoilName] = set()
    for solution, listed in zip(solutions, listings, strict=True):
        spoilable = read_spoilable(listed.report)
        chosen = choose_new_spoils(spoilable, plan.spoiled_runs, plan.mutant_seed, offered)
        offered |= name_spoils(spoilable)
        planned += [
            run_of_spoils(solution, seed, number, spoils)
            for number, spoils in enumerate(chosen, start=1)
        ]
        waiting = sum(not runs.is_known(run) for run in planned if run.stack == solution.stack)
        runs.estimate.expect(Kind.SPOILED, solution.stack, waiting)
    return planned


async def _try_spoiled(runs: Runs, planned: list[PlannedRun]) -> tuple[SpoiledTrial, ...]:
    ended = await side_by_side(planned, runs.grade, runs.idleness)
    return tuple(trial for found in ended for trial in read_spoiled(found.run, found.report))

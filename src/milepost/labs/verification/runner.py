"""Carries out the runs of a plan through an engine, and has judged what they showed.

What is run is decided in `plan`, what it means in `gates` and `trial_gates`.
The checks run from a fresh copy without bytecode, so nothing stale can speak for the lab.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from milepost.engine import (
    Event,
    GradeReport,
    GradeRequest,
    GradingFinished,
    Limits,
    Verdict,
)
from milepost.labs.checks_folder import write_checks
from milepost.labs.model import Lab
from milepost.labs.verification.cheats import (
    Cheat,
    find_grounds,
    learn_by_heart,
    list_called,
    list_cheats,
)
from milepost.labs.verification.gates import judge_all
from milepost.labs.verification.mutants import Mutant
from milepost.labs.verification.outcomes import Findings, RunOutcome
from milepost.labs.verification.plan import (
    Plan,
    PlannedRun,
    count_cheats,
    count_spoiled_runs,
    list_spoiled,
    plan_mutants,
    plan_runs,
)
from milepost.labs.verification.record import Record, compose_record
from milepost.labs.verification.spoiled import (
    SpoiledTrial,
    choose_spoils,
    read_spoilable,
    read_spoiled,
    run_of_listing,
    run_of_spoils,
)
from milepost.labs.verification.trials import (
    CheatTrial,
    MutantTrial,
    read_ending,
    run_of_cheat,
    run_of_mutant,
)

# Runs beside each other. More than there are processors would only wait for each other.
AT_ONCE = max(2, min(8, os.cpu_count() or 2))
_LONGER = 5
_TRIES = 2  # a fault of the engine may be one of the moment

Item = TypeVar("Item")
Found = TypeVar("Found")


class Grader(Protocol):
    """What verification needs of an engine."""

    def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Grade one request; the last event carries the report."""


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

    The number is told again once it is known how many answers can be spoiled.
    """

    start: Callable[[int], None] = lambda _count: None
    finish: Callable[[PlannedRun], None] = lambda _run: None


async def verify_lab(
    lab: Lab, grader: Grader, plan: Plan, progress: Progress | None = None
) -> Record:
    """Run everything that proves a lab and say which gates it passed.

    Raises VerificationImpossible, or what the engine raises where nothing can be run at all.
    """
    started = time.monotonic()
    progress = progress or Progress()
    runs = plan_runs(lab, plan)
    mutants = plan_mutants(lab, plan)
    chosen = [mutant for each in mutants for mutant in each.chosen]
    known = len(runs) + len(chosen) + count_cheats(lab, plan)
    progress.start(known + count_spoiled_runs(lab, plan))
    with tempfile.TemporaryDirectory(prefix="milepost-verify-") as folder:
        room = _Room(lab, write_checks(lab, Path(folder)), plan, grader, progress)
        outcomes = await _side_by_side(runs, room.grade)
        findings = Findings(lab, plan, tuple(outcomes), mutants)
        if findings.solutions_pass:
            spoiled = await _plan_spoiled(room, lab, plan)
            spoiled_runs = len(spoiled) + len(list_spoiled(lab, plan))
            progress.start(known + spoiled_runs)
            findings = replace(
                findings,
                mutant_trials=tuple(await _side_by_side(chosen, room.try_mutant)),
                cheat_trials=tuple(
                    await _side_by_side(list(_make_cheats(findings)), room.try_cheat)
                ),
                spoiled_trials=await _try_spoiled(room, spoiled),
                spoiled_runs=spoiled_runs,
            )
    return compose_record(findings, judge_all(findings), time.monotonic() - started)


class _Room:
    """Where the runs of one verification take place."""

    def __init__(
        self, lab: Lab, copy: Path, plan: Plan, grader: Grader, progress: Progress
    ) -> None:
        self._lab = lab
        self._copy = copy
        self._plan = plan
        self._grader = grader
        self._progress = progress
        self._number = 0

    async def grade(self, run: PlannedRun) -> RunOutcome:
        """Grade one answer to its end."""
        started = time.monotonic()
        report = await self._run(run, _read_report)
        return RunOutcome(run, report, time.monotonic() - started)

    async def try_mutant(self, mutant: Mutant) -> MutantTrial:
        """Grade a mutant until a check refuses it."""
        run = run_of_mutant(mutant, self._plan.seeds[0])
        return MutantTrial(mutant, await self._run(run, read_ending))

    async def try_cheat(self, cheat: Cheat) -> CheatTrial:
        """Grade a cheat until a check refuses it, with inputs that no solution has met yet."""
        run = run_of_cheat(cheat, self._plan.other_seed)
        return CheatTrial(cheat, await self._run(run, read_ending))

    async def _run(self, run: PlannedRun, read: Callable[[Event], Found | None]) -> Found:
        """Read events until they say what is looked for, and leave the rest undone."""
        reason = ""
        for _ in range(_TRIES):
            try:
                found = await self._run_once(run, read)
            except _EngineFailed as failure:
                reason = str(failure)
            else:
                self._progress.finish(run)
                return found
        raise VerificationImpossible(run, reason)

    async def _run_once(self, run: PlannedRun, read: Callable[[Event], Found | None]) -> Found:
        async with aclosing(self._grader.grade(self._request(run))) as events:
            async for event in events:
                if isinstance(event, GradingFinished) and _failed(event.report):
                    raise _EngineFailed(event.report.message)
                found = read(event)
                if found is not None:
                    return found
        raise _EngineFailed("it ended without a verdict.")

    def _request(self, run: PlannedRun) -> GradeRequest:
        self._number += 1
        lab = self._lab
        return GradeRequest(
            run_id=f"verify-{lab.slug}-{self._number}",
            lab=self._copy,
            stack=run.stack,
            entry=lab.entries[run.stack],
            files=run.files,
            seed=run.seed,
            limits=lab.limits if run.spoil is None else _make_patient(lab.limits),
            services=lab.services,
            spoil=run.spoil,
        )


def _make_patient(limits: Limits) -> Limits:
    """Give a run the time to reach its last check, though some wait for what a spoil took away.

    A right answer needs less than half of the time of a call (gate 7), so less is waited for.
    """
    return replace(
        limits,
        wall_seconds=limits.wall_seconds * _LONGER,
        run_seconds=limits.run_seconds / 2,
    )


def _read_report(event: Event) -> GradeReport | None:
    return event.report if isinstance(event, GradingFinished) else None


def _failed(report: GradeReport) -> bool:
    return report.verdict is Verdict.ENGINE_FAILED


def _make_cheats(findings: Findings) -> Iterator[Cheat]:
    """Make all cheats that fit; two of a kind are made from what a solution was asked."""
    lab = findings.lab
    for ground in find_grounds(lab) if findings.plan.asks(5) else ():
        right = findings.find_first_solution(ground.stack)
        if right is not None:
            yield from list_cheats(ground, list_called(right.report))
            yield learn_by_heart(ground, lab.entries[ground.stack].program, right.report)


async def _plan_spoiled(room: _Room, lab: Lab, plan: Plan) -> list[PlannedRun]:
    """Run a solution of each stack to see what it answers, and plan how that is spoiled."""
    seed = plan.seeds[0]
    solutions = list_spoiled(lab, plan)
    listings = await _side_by_side(
        [run_of_listing(solution, seed) for solution in solutions], room.grade
    )
    return [
        run_of_spoils(solution, seed, number, spoils)
        for solution, listed in zip(solutions, listings, strict=True)
        for number, spoils in enumerate(
            choose_spoils(read_spoilable(listed.report), plan.spoiled_runs, plan.mutant_seed),
            start=1,
        )
    ]


async def _try_spoiled(room: _Room, runs: list[PlannedRun]) -> tuple[SpoiledTrial, ...]:
    ended = await _side_by_side(runs, room.grade)
    return tuple(trial for found in ended for trial in read_spoiled(found.run, found.report))


async def _side_by_side(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Found]]
) -> list[Found]:
    """Do all of it, some at once, and answer in the order of the items."""
    waiting = iter(enumerate(items))
    done: dict[int, Found] = {}

    async def go_on() -> None:
        for number, item in waiting:
            done[number] = await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(go_on())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [done[number] for number in range(len(items))]

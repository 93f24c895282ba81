"""Carries out the runs of a plan through an engine, and judges what they showed.

What is run is decided in `plan`, what it means in `gates`.
The checks run from a fresh copy without bytecode, so nothing stale can speak for the lab.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Protocol

from milepost.engine import Event, GradeReport, GradeRequest, GradingFinished, Verdict
from milepost.labs.model import Lab
from milepost.labs.verification.gates import GateResult, judge_runs
from milepost.labs.verification.outcomes import RunOutcome
from milepost.labs.verification.plan import Plan, PlannedRun, plan_runs
from milepost.labs.verification.record import Record, compose_record

AT_ONCE = 2  # runs beside each other: more would only make them wait for the processor


class Grader(Protocol):
    """What verification needs of an engine."""

    def grade(self, request: GradeRequest) -> AsyncIterator[Event]:
        """Grade one request; the last event carries the report."""


class VerificationImpossible(RuntimeError):
    """The engine could not grade, so nothing is known of the lab. The fault is ours."""

    def __init__(self, run: PlannedRun, reason: str) -> None:
        super().__init__(
            f"The engine could not grade {run.place} (seed {run.seed}): {reason}"
            " Nothing was found out about the lab. `milepost doctor` says what is not ready."
        )


async def verify_lab(
    lab: Lab,
    grader: Grader,
    plan: Plan,
    *,
    on_start: Callable[[int], None] = lambda _count: None,
    on_finish: Callable[[RunOutcome], None] = lambda _outcome: None,
) -> Record:
    """Run everything that proves a lab and say which gates it passed.

    Raises VerificationImpossible, or what the engine raises where nothing can be run at all.
    """
    started = time.monotonic()
    runs = plan_runs(lab, plan)
    on_start(len(runs))
    with tempfile.TemporaryDirectory(prefix="milepost-verify-") as folder:
        copy = _copy_checks(lab, Path(folder))
        outcomes = await _run_all(lab, copy, grader, runs, on_finish)
    gates: tuple[GateResult, ...] = judge_runs(lab, outcomes)
    return compose_record(lab, plan, outcomes, gates, time.monotonic() - started)


async def _run_all(
    lab: Lab,
    copy: Path,
    grader: Grader,
    runs: Sequence[PlannedRun],
    on_finish: Callable[[RunOutcome], None],
) -> list[RunOutcome]:
    waiting = iter(enumerate(runs))
    done: dict[int, RunOutcome] = {}

    async def work() -> None:
        for number, run in waiting:
            outcome = await _run_one(_request(lab, copy, run, number), grader, run)
            done[number] = outcome
            on_finish(outcome)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [done[number] for number in sorted(done)]


async def _run_one(request: GradeRequest, grader: Grader, run: PlannedRun) -> RunOutcome:
    started = time.monotonic()
    report: GradeReport | None = None
    async for event in grader.grade(request):
        if isinstance(event, GradingFinished):
            report = event.report
    if report is None:
        raise VerificationImpossible(run, "it ended without a verdict.")
    if report.verdict is Verdict.ENGINE_FAILED:
        raise VerificationImpossible(run, report.message)
    return RunOutcome(run, report, time.monotonic() - started)


def _request(lab: Lab, copy: Path, run: PlannedRun, number: int) -> GradeRequest:
    return GradeRequest(
        run_id=f"verify-{lab.slug}-{number}",
        lab=copy,
        stack=run.stack,
        entry=lab.entries[run.stack],
        files=run.files,
        seed=run.seed,
        limits=lab.limits,
        services=lab.services,
    )


def _copy_checks(lab: Lab, folder: Path) -> Path:
    folder.chmod(0o755)  # the checks run as another user where Milepost runs as root
    for path, content in lab.files.items():
        if path == "checks.py" or path.startswith("data/"):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder

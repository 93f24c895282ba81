"""Running one example, from the queue to what it printed: the engine's way, without a verdict.

The example is what a learner hands in, to a lab whose one check only runs it; from a lab's console
that is the lab itself with other checks. No transaction is open while it runs. A fault of
Milepost's own ends the run and is told; nothing is tried again.
"""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import structlog

from milepost.engine import (
    Entry,
    GradeReport,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Limits,
    Verdict,
)
from milepost.examples import policy, service
from milepost.examples.tasks import RunExample
from milepost.examples.types import ExampleResult, LabDatabase, StartedRun
from milepost.grading.console import find_console
from milepost.grading.example_evidence import not_run, read_result
from milepost.grading.service.grading import unpack_once
from milepost.grading.types import TaskContext

_CHECKS = Path(__file__).parents[1] / "example_checks"
LIMITS = Limits(wall_seconds=20.0, run_seconds=10.0)
_CONSOLE_SECONDS = 60.0  # in all; whoever comes first waits until the lab's data is filled in
_PLANS, _RUNS = "test_it_is_planned", "test_it_runs"  # of the console's checks
_OURS = (Verdict.ENGINE_FAILED, Verdict.LAB_BROKEN)
_GIVEN_UP = (
    "Milepost could not run this: each worker that took it was stopped over it. Run it again, or "
    "tell whoever runs this Milepost."
)

log = structlog.get_logger(__name__)


async def run_example(job: RunExample, context: TaskContext) -> bool:
    """Run one example and keep what it printed; return whether the engine ran it.

    Safe to run twice: a run that has its result, or has expired, is left alone.
    """
    async with context.database.transaction() as session:
        started = await service.start_run(session, run_id=job.run_id)
    if started is None:
        return False
    is_sound, result = await _run(context, started)
    async with context.database.transaction() as session:
        await service.record_result(session, run_id=started.id, result=result)
    log.info("example_finished", run_id=str(started.id), ending=result.ending.value)
    return is_sound


async def _run(context: TaskContext, started: StartedRun) -> tuple[bool, ExampleResult]:
    """Return whether the engine is sound, and what is told to the learner."""
    if started.attempt > policy.MOST_ATTEMPTS:
        return False, not_run(_GIVEN_UP)
    try:
        report = await _grade(context, await _build_request(context, started))
    except Exception:  # whatever it is, it is ours
        log.exception("example_not_run", run_id=str(started.id))
        return False, not_run()
    if report is None or report.verdict in _OURS:
        reason = report.message if report else "the engine ended without a report"
        log.error("example_not_run", run_id=str(started.id), reason=reason)
        return False, not_run()
    return True, read_result(report, started)


async def _grade(context: TaskContext, request: GradeRequest) -> GradeReport | None:
    report = None
    async with aclosing(context.grader.grade(request)) as events:
        async for event in events:
            if isinstance(event, GradingFinished):
                report = event.report
    return report


async def _build_request(context: TaskContext, started: StartedRun) -> GradeRequest:
    if started.lab is not None:
        console = await asyncio.to_thread(find_console, await unpack_once(context, started.lab))
        return _build_console_request(started, started.lab, console)
    language = started.language
    files = {language.file: started.code.encode()}
    if language.follows_on:
        files["before.sql"] = started.before.encode()
    return GradeRequest(
        run_id=f"example-{started.id}-{started.attempt}",
        lab=_CHECKS / ("sql" if language.follows_on else "program"),
        stack=language.stack,
        spec=GradingSpec(
            entries={language.stack: Entry(program=language.program)},
            limits=LIMITS,
            services=language.services,
        ),
        files=files,
        seed=0,
        include_hidden=False,
    )


def _build_console_request(started: StartedRun, lab: LabDatabase, folder: Path) -> GradeRequest:
    """Return what is asked of the engine; the seed is the same one for everybody, always."""
    language = started.language
    limits = replace(lab.spec.limits, wall_seconds=_CONSOLE_SECONDS, run_seconds=LIMITS.run_seconds)
    return GradeRequest(
        run_id=f"example-{started.id}-{started.attempt}",
        lab=folder,
        stack=language.stack,
        spec=GradingSpec(
            entries={language.stack: Entry()}, limits=limits, services=language.services
        ),
        files={language.file: started.code.encode()},
        seed=0,
        include_hidden=False,
        only=(_PLANS if lab.shows_plan else _RUNS,),
    )

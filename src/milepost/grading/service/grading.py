"""Grading one submission, from the queue to what follows from its verdict.

Every step is safe to run twice: attempts are fenced, a verdict is recorded once, and no
transaction is open while a learner's code runs.
"""

import asyncio
import shutil
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog import queries as catalog
from milepost.catalog.service import close_version, record_unread_answers
from milepost.core.clock import utc_now
from milepost.core.ids import new_id
from milepost.core.revisions import mark_changed
from milepost.engine import (
    CheckFinished,
    GradeReport,
    GradeRequest,
    GradingFinished,
    IsolationUnavailable,
    StackUnavailable,
    Usage,
    Verdict,
)
from milepost.examples.types import LabDatabase
from milepost.grading import retry
from milepost.grading.check_log import CheckLog
from milepost.grading.engine_request import build_request
from milepost.grading.errors import GradingInterrupted, WorkerUnfit
from milepost.grading.service.blaming import Adjudged, adjudge
from milepost.grading.types import TaskContext
from milepost.labs import unpack_lab
from milepost.progress import service as progress
from milepost.submissions import service
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import StartedGrading, SubmissionKind

log = structlog.get_logger(__name__)


async def grade_submission(job: GradeSubmission, context: TaskContext) -> bool:
    """Run one grading in a sandbox and record its verdict; return whether the engine graded it.

    Safe to run twice: a grading that has a verdict is left alone, and a run that another has
    overtaken records nothing. A fault of ours is raised, so that the queue tries again after a
    pause, until the last time, which ends the grading with `engine_failed` and tells a person.
    """
    async with context.database.transaction() as session:
        grading = await service.start_attempt(session, grading_id=job.grading_id)
    if grading is None:
        return False

    attempt = grading.attempt
    checks = CheckLog(context.database, grading.id, attempt)
    try:
        found = await _run(context, grading, checks)
    except Exception as fault:  # noqa: BLE001  whatever it is, it is ours
        found = await _note_fault(context, grading, attempt, fault)
    finally:
        await checks.aclose()
    if found is None:
        log.info("grading_overtaken", grading_id=str(grading.id), attempt=attempt)
        return False
    if await finish_grading(context, grading, checks, found):
        verdict = found.report.verdict
        log.info("submission_graded", grading_id=str(grading.id), verdict=verdict.value)
        if verdict is Verdict.LAB_BROKEN:
            log.error("lab_closed", lab_id=str(grading.lab_id), reason=found.report.message)
    return found.is_engines


async def finish_grading(
    context: TaskContext, grading: StartedGrading, checks: CheckLog, found: Adjudged
) -> bool:
    """Record a verdict and everything that follows from it, in one transaction.

    Objectives are proven by a passed submission, never by a try. A lab that is at fault is closed;
    checks of one that is not, which could not read the answer, are noted for its author.
    """
    report = found.report
    async with context.database.transaction() as session:
        recorded = await service.record_verdict(
            session,
            grading_id=grading.id,
            attempt=checks.attempt,
            report=report,
            first_position=checks.next_position,
            results=checks.list_unstored(report.checks),
        )
        counts = recorded and grading.kind is SubmissionKind.SUBMISSION
        if counts:
            await mark_changed(session, grading.learner_id)
        if counts and report.verdict is Verdict.PASSED:
            await _record_pass(session, grading)
        if recorded and report.verdict is Verdict.LAB_BROKEN:
            await close_version(session, grading.version_id, reason=report.message)
        if recorded:
            await record_unread_answers(
                session,
                grading.version_id,
                found.unread,
                stack=grading.stack,
                seed=grading.seed,
            )
    return recorded


async def _record_pass(session: AsyncSession, grading: StartedGrading) -> None:
    facts = {
        "learner_id": grading.learner_id,
        "lab_id": grading.lab_id,
        "grading_id": grading.id,
    }
    if grading.objectives:
        await progress.prove_objectives(session, objectives=grading.objectives, **facts)
    if grading.practises:
        await progress.practise_objectives(session, objectives=grading.practises, **facts)


async def _run(context: TaskContext, grading: StartedGrading, checks: CheckLog) -> Adjudged | None:
    """Return the engine's report, or None if another run has overtaken this one."""
    if checks.attempt - grading.handed_back > retry.MOST_RUNS:
        return _give_up(grading, f"{retry.MOST_RUNS} workers that took it were stopped")
    lab = await unpack_once(context, grading)
    request = build_request(grading, lab=lab)
    try:
        report = await _follow(context, request, checks)
        if report and report.verdict is Verdict.LAB_BROKEN:
            await checks.flush()
            return await adjudge(context, grading, request, report)
    except (IsolationUnavailable, StackUnavailable) as refusal:
        raise WorkerUnfit(grading.id, str(refusal)) from refusal
    if report and report.verdict is Verdict.ENGINE_FAILED:
        # Without its version there was no stack, which is this machine's affair alone.
        fault = GradingInterrupted if report.stack_version else WorkerUnfit
        raise fault(grading.id, report.message)
    return Adjudged(report) if report else None


async def _note_fault(
    context: TaskContext, grading: StartedGrading, attempt: int, fault: Exception
) -> Adjudged | None:
    """Raise `GradingInterrupted`, for another try after a pause, or give up with a report.

    None if another run has taken over, whose affair this fault is not.
    """
    if isinstance(fault, WorkerUnfit):
        await _hand_back(context, grading, attempt, fault)
        return None
    reason = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, GradingInterrupted):
        reason = fault.reason
    faults = grading.faults + 1
    pause = timedelta(seconds=retry.choose_pause(faults))
    retry_at = None if faults >= retry.MOST_FAULTS else utc_now() + pause
    async with context.database.transaction() as session:
        is_current = await service.record_fault(
            session, grading_id=grading.id, attempt=attempt, fault=reason, retry_at=retry_at
        )
    if not is_current:
        return None
    if retry_at is None:
        log.error("grading_given_up", grading_id=str(grading.id), reason=reason, exc_info=fault)
        return _give_up(grading, f"{faults} runs ended through a fault of its own")
    log.warning("grading_interrupted", grading_id=str(grading.id), reason=reason)
    raise GradingInterrupted(grading.id, reason, retry_at=retry_at) from fault


async def _hand_back(
    context: TaskContext, grading: StartedGrading, attempt: int, unfit: WorkerUnfit
) -> None:
    """Raise `WorkerUnfit`, for another worker to try, unless another run has taken over."""
    pause = timedelta(seconds=retry.choose_pause(grading.handed_back + 1))
    retry_at = utc_now() + pause
    async with context.database.transaction() as session:
        is_current = await service.record_hand_back(
            session,
            grading_id=grading.id,
            attempt=attempt,
            reason=unfit.reason,
            retry_at=retry_at,
        )
    if is_current:
        log.warning("grading_handed_back", grading_id=str(grading.id), reason=unfit.reason)
        raise WorkerUnfit(grading.id, unfit.reason, retry_at=retry_at) from unfit


async def _follow(
    context: TaskContext, request: GradeRequest, checks: CheckLog
) -> GradeReport | None:
    """Log each check as it ends, and return the report; None if another run took over."""
    report = None
    checks.begin()
    async with aclosing(context.grader.grade(request)) as events:
        async for event in events:
            if isinstance(event, CheckFinished):
                checks.add(event.result)
            elif isinstance(event, GradingFinished):
                report = event.report
            if checks.is_overtaken:
                return None
    await checks.settle()
    if report is None:
        raise GradingInterrupted(checks.grading_id, "the engine ended without a report")
    return None if checks.is_overtaken else report


async def unpack_once(context: TaskContext, lab: StartedGrading | LabDatabase) -> Path:
    """Return the folder with a lab's package, unpacked by the first job that needed it."""
    folder = context.labs_dir / lab.content_hash
    if not folder.exists():
        async with context.database.transaction() as session:
            package = await catalog.get_package(session, lab.version_id)
        await asyncio.to_thread(_unpack, package, folder)
    return folder


def _unpack(package: bytes, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{new_id()}")
    try:
        unpack_lab(package, aside)
        aside.rename(folder)
    except OSError:
        if not folder.exists():  # another worker may have been quicker, and that is fine
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _give_up(grading: StartedGrading, why: str) -> Adjudged:
    return _refuse(
        grading,
        f"Milepost could not grade this: {why}. Your work is kept and no attempt was used. "
        "Tell whoever runs this Milepost.",
    )


def _refuse(grading: StartedGrading, message: str) -> Adjudged:
    """A report for a run that never began: ours, so it costs no attempt."""
    return Adjudged(
        GradeReport(
            verdict=Verdict.ENGINE_FAILED,
            message=message,
            checks=(),
            limit_hit=None,
            usage=Usage(),
            isolation="none",
            stack_version="",
            engine_version="",
            seed=grading.seed,
        ),
        is_engines=False,
    )

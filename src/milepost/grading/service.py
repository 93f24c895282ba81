"""Grading one submission, from the queue to what follows from its verdict.

Every step is safe to run twice: attempts are fenced, a verdict is recorded once, and no
transaction is open while a learner's code runs.
"""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog import queries as catalog
from milepost.catalog.models import LabVersion
from milepost.core.ids import new_id
from milepost.engine import (
    CheckFinished,
    CheckResult,
    GradeReport,
    GradeRequest,
    GradingFinished,
    IsolationUnavailable,
    StackUnavailable,
    Usage,
    Verdict,
)
from milepost.grading.errors import GradingInterrupted
from milepost.grading.queries import build_request
from milepost.grading.types import TaskContext
from milepost.labs import unpack_lab
from milepost.progress import service as progress
from milepost.submissions import queries, service
from milepost.submissions.models import Grading
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import SubmissionKind

MOST_ATTEMPTS = 5

log = structlog.get_logger(__name__)


async def grade_submission(job: GradeSubmission, context: TaskContext) -> None:
    """Run one grading in a sandbox and record its verdict.

    Safe to run twice: a grading that has a verdict is left alone, and a run that another has
    overtaken records nothing. A fault of ours is raised, so that the queue tries again, until
    the last attempt, which ends the grading with `engine_failed` and a reason.
    """
    async with context.database.transaction() as session:
        attempt = await service.start_attempt(session, grading_id=job.grading_id)
        grading = await queries.find_ungraded(session, job.grading_id)
    if attempt is None or grading is None:
        return

    try:
        report = await _run(context, grading, attempt)
    except Exception as fault:
        if attempt < MOST_ATTEMPTS:
            log.warning("grading_interrupted", grading_id=str(grading.id), reason=str(fault))
            raise
        log.exception("grading_given_up", grading_id=str(grading.id))
        report = _refuse(
            grading,
            f"Grading failed {attempt} times through a fault of Milepost's own "
            f"({type(fault).__name__}). Your work is kept and no attempt was used. "
            "Tell whoever runs this installation; `milepost doctor` may show the cause.",
        )
    if report is None:
        log.info("grading_overtaken", grading_id=str(grading.id), attempt=attempt)
        return
    if await finish_grading(context, grading, attempt, report):
        log.info("submission_graded", grading_id=str(grading.id), verdict=report.verdict.value)


async def finish_grading(
    context: TaskContext, grading: Grading, attempt: int, report: GradeReport
) -> bool:
    """Record a verdict and everything that follows from it, in one transaction.

    Objectives are proven by a passed submission, never by a try.
    """
    submission = grading.submission
    async with context.database.transaction() as session:
        recorded = await service.record_verdict(
            session, grading_id=grading.id, attempt=attempt, report=report
        )
        counts = submission.kind is SubmissionKind.SUBMISSION
        if recorded and counts and report.verdict is Verdict.PASSED:
            await progress.prove_objectives(
                session,
                learner_id=submission.learner_id,
                objective_ids=await _objective_ids(session, submission.lab_version),
                grading_id=grading.id,
            )
    return recorded


async def _run(context: TaskContext, grading: Grading, attempt: int) -> GradeReport | None:
    """Return the engine's report, or None if another run has overtaken this one."""
    if attempt > MOST_ATTEMPTS:
        return _refuse(
            grading,
            "Every worker that took this grading was stopped while it ran. Your work is kept and "
            "no attempt was used. Tell whoever runs this installation.",
        )
    lab = await asyncio.to_thread(unpack_once, context.labs_dir, grading.submission.lab_version)
    try:
        report = await _follow(context, build_request(grading, lab=lab), grading.id, attempt)
    except (IsolationUnavailable, StackUnavailable) as refusal:
        return _refuse(grading, str(refusal))
    if report is not None and report.verdict is Verdict.ENGINE_FAILED:
        raise GradingInterrupted(grading.id, report.message)
    return report


async def _follow(
    context: TaskContext, request: GradeRequest, grading_id: UUID, attempt: int
) -> GradeReport | None:
    """Store each check as it ends, and return the report; None if another run took over."""
    stored: set[str] = set()
    async with aclosing(context.grader.grade(request)) as events:
        async for event in events:
            if isinstance(event, CheckFinished):
                if not await _store(context, grading_id, attempt, [event.result], after=stored):
                    return None
            elif isinstance(event, GradingFinished):
                rest = [check for check in event.report.checks if check.name not in stored]
                if not await _store(context, grading_id, attempt, rest, after=stored):
                    return None
                return event.report
    raise GradingInterrupted(grading_id, "the engine ended without a report")


async def _store(
    context: TaskContext,
    grading_id: UUID,
    attempt: int,
    results: Sequence[CheckResult],
    *,
    after: set[str],
) -> bool:
    """Store results behind the checks named in `after`, and add them there."""
    for result in results:
        after.add(result.name)
        async with context.database.transaction() as session:
            is_current = await service.record_check(
                session,
                grading_id=grading_id,
                attempt=attempt,
                position=len(after),
                result=result,
            )
        if not is_current:
            return False
    return True


def unpack_once(labs_dir: Path, version: LabVersion) -> Path:
    """Return the folder with a version's package, unpacked by whoever needed it first."""
    folder = labs_dir / version.content_hash
    if folder.exists():
        return folder
    labs_dir.mkdir(parents=True, exist_ok=True)
    aside = labs_dir / f".{new_id()}"
    try:
        unpack_lab(version.package, aside)
        aside.rename(folder)
    except OSError:
        if not folder.exists():  # another worker may have been quicker, and that is fine
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


async def _objective_ids(session: AsyncSession, version: LabVersion) -> list[UUID]:
    return await catalog.list_objective_ids(
        session, lab_id=version.lab_id, keys=version.manifest["objectives"]
    )


def _refuse(grading: Grading, message: str) -> GradeReport:
    """A report for a run that never began: ours, so it costs no attempt."""
    return GradeReport(
        verdict=Verdict.ENGINE_FAILED,
        message=message,
        checks=(),
        limit_hit=None,
        usage=Usage(),
        isolation="none",
        stack_version="",
        engine_version="",
        seed=grading.seed,
    )

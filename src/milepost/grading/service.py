"""Grading one submission, from the queue to what follows from its verdict.

Every step is safe to run twice: attempts are fenced, a verdict is recorded once, and no
transaction is open while a learner's code runs.
"""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from milepost.catalog import queries as catalog
from milepost.catalog.models import LabVersion
from milepost.catalog.service import close_version
from milepost.core.clock import utc_now
from milepost.core.database import Database
from milepost.core.ids import new_id
from milepost.core.revisions import mark_changed
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
from milepost.grading import policy
from milepost.grading.errors import GradingInterrupted
from milepost.grading.queries import build_request
from milepost.grading.types import TaskContext
from milepost.labs import unpack_lab
from milepost.progress import service as progress
from milepost.submissions import service
from milepost.submissions.models import Grading
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import SubmissionKind

_STORE_EVERY_SECONDS = 0.05

log = structlog.get_logger(__name__)


async def grade_submission(job: GradeSubmission, context: TaskContext) -> None:
    """Run one grading in a sandbox and record its verdict.

    Safe to run twice: a grading that has a verdict is left alone, and a run that another has
    overtaken records nothing. A fault of ours is raised, so that the queue tries again after a
    pause, until the last time, which ends the grading with `engine_failed` and tells a person.
    """
    async with context.database.transaction() as session:
        grading = await service.start_attempt(session, grading_id=job.grading_id)
    if grading is None:
        return

    attempt = grading.attempt
    checks = CheckLog(context.database, grading.id, attempt)
    try:
        report = await _run(context, grading, checks)
    except Exception as fault:  # noqa: BLE001  whatever it is, it is ours
        report = await _note_fault(context, grading, attempt, fault)
    finally:
        await checks.aclose()
    if report is None:
        log.info("grading_overtaken", grading_id=str(grading.id), attempt=attempt)
        return
    if await finish_grading(context, grading, checks, report):
        log.info("submission_graded", grading_id=str(grading.id), verdict=report.verdict.value)
        if report.verdict is Verdict.LAB_BROKEN:
            version = grading.submission.lab_version
            log.error("lab_closed", lab_id=str(version.lab_id), reason=report.message)


async def finish_grading(
    context: TaskContext, grading: Grading, checks: "CheckLog", report: GradeReport
) -> bool:
    """Record a verdict and everything that follows from it, in one transaction.

    Objectives are proven by a passed submission, never by a try. A lab that is at fault is closed.
    """
    submission = grading.submission
    async with context.database.transaction() as session:
        recorded = await service.record_verdict(
            session,
            grading_id=grading.id,
            attempt=checks.attempt,
            report=report,
            first_position=checks.next_position,
            results=checks.list_unstored(report.checks),
        )
        counts = recorded and submission.kind is SubmissionKind.SUBMISSION
        if counts:
            await mark_changed(session, submission.learner_id)
        if counts and report.verdict is Verdict.PASSED:
            await progress.prove_objectives(
                session,
                learner_id=submission.learner_id,
                lab_id=submission.lab_version.lab_id,
                objectives=submission.lab_version.manifest["objectives"],
                grading_id=grading.id,
            )
        if recorded and report.verdict is Verdict.LAB_BROKEN:
            await close_version(session, submission.lab_version_id, reason=report.message)
    return recorded


class CheckLog:
    """Stores checks while the next ones run, and tells readers so.

    What ends is stored together, every 50 ms: as soon as a person can see, for a fraction of the
    transactions. A run that is over sooner than that is told as a whole, with its verdict, as is
    whatever is left at the end. Whoever makes one closes it.
    """

    def __init__(self, database: Database, grading_id: UUID, attempt: int) -> None:
        self._database = database
        self.grading_id = grading_id
        self.attempt = attempt
        self.is_overtaken = False
        self._waiting: list[CheckResult] = []
        self._stored: set[str] = set()
        self._writing: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    @property
    def next_position(self) -> int:
        """Where the next check stands among those that are stored."""
        return len(self._stored) + 1

    def list_unstored(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Return those of `results` that are not stored yet."""
        return [result for result in results if result.name not in self._stored]

    def begin(self) -> None:
        """Begin to look for what is to be stored."""
        self._writing = asyncio.create_task(self._write())

    def add(self, result: CheckResult) -> None:
        """Have a result stored soon. What went wrong in storing earlier ones is raised here."""
        self._waiting.append(result)
        if self._writing is not None and self._writing.done():
            self._writing.result()

    async def settle(self) -> None:
        """Wait for what is being stored, and leave the rest to the verdict."""
        self._ended.set()
        if self._writing is not None:
            await self._writing

    async def aclose(self) -> None:
        """Store nothing more."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write(self) -> None:
        is_told = False
        while not (await self._has_ended() or self.is_overtaken):
            if self._waiting:
                await self._store()
            elif not is_told:
                await self._tell_of_beginning()
            is_told = True

    async def _has_ended(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), _STORE_EVERY_SECONDS)
        return self._ended.is_set()

    async def _tell_of_beginning(self) -> None:
        async with self._database.transaction() as session:
            await service.announce_attempt(session, grading_id=self.grading_id)

    async def _store(self) -> None:
        results, self._waiting = self._waiting, []
        async with self._database.transaction() as session:
            is_current = await service.record_checks(
                session,
                grading_id=self.grading_id,
                attempt=self.attempt,
                first_position=self.next_position,
                results=results,
            )
        self.is_overtaken = not is_current
        self._stored.update(result.name for result in results)


async def _run(context: TaskContext, grading: Grading, checks: CheckLog) -> GradeReport | None:
    """Return the engine's report, or None if another run has overtaken this one."""
    if checks.attempt > policy.MOST_RUNS:
        return _give_up(grading, f"{policy.MOST_RUNS} workers that took it were stopped")
    lab = await unpack_once(context, grading.submission.lab_version)
    try:
        report = await _follow(context, build_request(grading, lab=lab), checks)
    except (IsolationUnavailable, StackUnavailable) as refusal:
        return _refuse(grading, str(refusal))
    # A stack that is not there won't come by itself: trying again would only keep people waiting.
    if report and report.verdict is Verdict.ENGINE_FAILED and report.stack_version:
        raise GradingInterrupted(grading.id, report.message)
    return report


async def _note_fault(
    context: TaskContext, grading: Grading, attempt: int, fault: Exception
) -> GradeReport | None:
    """Raise `GradingInterrupted`, for another try after a pause, or give up with a report.

    None if another run has taken over, whose affair this fault is not.
    """
    reason = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, GradingInterrupted):
        reason = fault.reason
    faults = grading.faults + 1
    pause = timedelta(seconds=policy.choose_pause(faults))
    retry_at = None if faults >= policy.MOST_FAULTS else utc_now() + pause
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


async def unpack_once(context: TaskContext, version: LabVersion) -> Path:
    """Return the folder with a version's package, unpacked by whoever needed it first."""
    folder = context.labs_dir / version.content_hash
    if not folder.exists():
        async with context.database.transaction() as session:
            package = await catalog.get_package(session, version.id)
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


def _give_up(grading: Grading, why: str) -> GradeReport:
    return _refuse(
        grading,
        f"Milepost could not grade this: {why}. Your work is kept and no attempt was used. "
        "Tell whoever runs this Milepost.",
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

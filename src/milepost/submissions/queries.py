"""Reads of submissions and gradings, as their learner may see them.

Another person's submission is not found. Hidden checks are redacted here, so that no door can
forget to.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, contains_eager, selectinload

from milepost.accounts.types import Actor
from milepost.catalog.models import Lab, LabVersion
from milepost.core.queue import Place, find_place
from milepost.engine import CheckResult, Verdict
from milepost.engine.serialize import result_from_json
from milepost.submissions import policy
from milepost.submissions.errors import GradingNotFound, SubmissionNotFound
from milepost.submissions.models import CheckRecord, Grading, Submission
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import (
    GradingEvent,
    GradingStatus,
    GradingView,
    Misconception,
    SubmissionKind,
    SubmissionView,
)

_LEARNERS_FAULTS = {Verdict.FAILED, Verdict.TIMED_OUT, Verdict.CRASHED}
_OUR_FAULTS = (Verdict.LAB_BROKEN, Verdict.ENGINE_FAILED)
_LATEST = 200  # gradings that an expected wait is drawn from
INTERRUPTION_POSITION = 999_999  # after every check of its attempt
VERDICT_POSITION = 1_000_000


async def get_submission(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> SubmissionView:
    """Return one of the learner's own submissions."""
    rows = await session.execute(_submissions(actor).where(Submission.id == submission_id).limit(1))
    found = [_to_view(submission, lab, grading) for submission, lab, grading in rows]
    if not found:
        raise SubmissionNotFound(submission_id)
    return found[0]


async def list_submissions(
    session: AsyncSession,
    actor: Actor,
    *,
    lab: str | None = None,
    before: UUID | None = None,
    limit: int = 20,
) -> list[SubmissionView]:
    """Return the learner's submissions (not tries), newest first, by keyset pagination."""
    statement = _submissions(actor).where(Submission.kind == SubmissionKind.SUBMISSION)
    if lab is not None:
        statement = statement.where(Lab.slug == lab)
    if before is not None:
        statement = statement.where(Submission.id < before)
    rows = await session.execute(statement.order_by(Submission.id.desc()).limit(limit))
    return [_to_view(submission, row_lab, grading) for submission, row_lab, grading in rows]


async def get_submission_files(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> dict[str, str]:
    """Return the files of one of the learner's own submissions, as text by path."""
    submission = await session.scalar(
        select(Submission)
        .where(Submission.id == submission_id, Submission.learner_id == actor.id)
        .options(selectinload(Submission.files))
    )
    if submission is None:
        raise SubmissionNotFound(submission_id)
    return {file.path: file.content.decode() for file in submission.files}


async def list_gradings(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> list[GradingView]:
    """Return every grading of one of the learner's own submissions, oldest first."""
    await get_submission(session, actor, submission_id)
    rows = await session.scalars(
        select(Grading)
        .where(Grading.submission_id == submission_id)
        .options(selectinload(Grading.results))
        .order_by(Grading.id)
    )
    return [await _to_grading_view(session, grading) for grading in rows]


async def get_grading(session: AsyncSession, actor: Actor, grading_id: UUID) -> GradingView:
    """Return a grading of one of the learner's own submissions, with its checks so far."""
    grading = await session.scalar(
        _own_grading(actor, grading_id)
        .options(selectinload(Grading.results))
        .execution_options(populate_existing=True)
    )
    if grading is None:
        raise GradingNotFound(grading_id)
    return await _to_grading_view(session, grading)


async def require_grading(session: AsyncSession, actor: Actor, grading_id: UUID) -> None:
    """Raise GradingNotFound unless this is a grading of one of the learner's own submissions."""
    found = await session.scalar(_own_grading(actor, grading_id).with_only_columns(Grading.id))
    if found is None:
        raise GradingNotFound(grading_id)


async def list_events_after(
    session: AsyncSession, actor: Actor, grading_id: UUID, *, after: tuple[int, int]
) -> list[GradingEvent]:
    """Return what happened in a grading after the event numbered `after`, in order.

    Checks that the reader has are not read again: a look costs one statement until the verdict.
    """
    is_new = (
        (CheckRecord.grading_id == Grading.id)
        & (CheckRecord.attempt == Grading.attempt)
        & (tuple_(CheckRecord.attempt, CheckRecord.position) > after)
    )
    rows = await session.execute(
        _own_grading(actor, grading_id)
        .add_columns(CheckRecord)
        .outerjoin(CheckRecord, is_new)
        .order_by(CheckRecord.position)
    )
    found = [(grading, record) for grading, record in rows]
    if not found:
        raise GradingNotFound(grading_id)
    grading = found[0][0]
    if grading.attempt == 0:
        return []
    events = [
        GradingEvent(grading.attempt, record.position, "check", check=_shown(record))
        for _, record in found
        if record is not None
    ]
    if (grading.attempt, 0) > after:
        started = GradingEvent(grading.attempt, 0, "started", grading=_to_bare_view(grading))
        events.insert(0, started)
    if grading.retry_at is not None and (grading.attempt, INTERRUPTION_POSITION) > after:
        view = _to_bare_view(grading)
        events.append(
            GradingEvent(grading.attempt, INTERRUPTION_POSITION, "interrupted", grading=view)
        )
    if grading.verdict is not None and (grading.attempt, VERDICT_POSITION) > after:
        view = await get_grading(session, actor, grading_id)
        events.append(GradingEvent(grading.attempt, VERDICT_POSITION, "verdict", grading=view))
    return events


async def find_queued_event(
    session: AsyncSession, actor: Actor, grading_id: UUID
) -> GradingEvent | None:
    """Return where a grading stands that waits for its first run, or None once it has begun."""
    grading = await get_grading(session, actor, grading_id)
    return GradingEvent(0, 0, "queued", grading=grading) if grading.attempt == 0 else None


def _own_grading(actor: Actor, grading_id: UUID) -> Select[Grading]:
    return (
        select(Grading)
        .join(Grading.submission)
        .where(Grading.id == grading_id, Submission.learner_id == actor.id)
    )


async def list_given_up(session: AsyncSession) -> list[str]:
    """Return why each submission that waits to be graded again was given up, oldest first."""
    return list(
        await session.scalars(select_given_up(func.coalesce(Grading.fault, Grading.message)))
    )


def select_given_up(*columns: Any) -> Select[Any]:
    """Select of submissions whose newest grading ended through a fault of ours.

    Tries are left out, and so is what a closed lab would only break again.
    """
    newer = aliased(Grading)
    is_newest = ~exists().where(newer.submission_id == Submission.id, newer.id > Grading.id)
    return (
        select(*columns)
        .select_from(Submission)
        .join(Submission.gradings)
        .join(Submission.lab_version)
        .where(
            Grading.verdict.in_(_OUR_FAULTS),
            is_newest,
            Submission.kind == SubmissionKind.SUBMISSION,
            LabVersion.closed_at.is_(None),
        )
        .order_by(Grading.id)
    )


def _submissions(actor: Actor) -> Select[Submission, Lab, Grading]:
    newest = aliased(
        Grading,
        select(Grading)
        .where(Grading.submission_id == Submission.id)
        .order_by(Grading.id.desc())
        .limit(1)
        .lateral(),
    )
    return (
        select(Submission, Lab, newest)
        .join(Submission.lab_version)
        .join(LabVersion.lab)
        .join(newest, true())
        .where(Submission.learner_id == actor.id)
        .options(contains_eager(Submission.lab_version))
    )


def _to_view(submission: Submission, lab: Lab, grading: Grading) -> SubmissionView:
    return SubmissionView(
        id=submission.id,
        lab=lab.slug,
        lab_title=submission.lab_version.title,
        stack=submission.stack,
        kind=submission.kind,
        created_at=submission.created_at,
        is_current_version=submission.lab_version_id == lab.version_id,
        grading_id=grading.id,
        status=_status(grading),
        verdict=grading.verdict,
        graded_at=grading.graded_at,
    )


def _status(grading: Grading) -> GradingStatus:
    if grading.verdict is not None:
        return GradingStatus.FINISHED
    is_waiting = grading.attempt == 0 or grading.retry_at is not None
    return GradingStatus.QUEUED if is_waiting else GradingStatus.RUNNING


async def _to_grading_view(session: AsyncSession, grading: Grading) -> GradingView:
    place = await _find_place(session, grading)
    typical = await _typical_seconds(session, grading) if place and place.position else None
    return replace(
        _to_bare_view(grading),
        checks=tuple(_shown(record) for record in grading.results),
        queue_position=place.position if place else None,
        expected_wait_seconds=policy.estimate_wait(place, typical) if place else None,
        grading_slots=place.slots if place else None,
        misconceptions=await _misconceptions(session, grading),
    )


def _to_bare_view(grading: Grading) -> GradingView:
    """Show what the grading's own row says, without its checks."""
    return GradingView(
        id=grading.id,
        submission_id=grading.submission_id,
        status=_status(grading),
        attempt=grading.attempt,
        verdict=grading.verdict,
        message=grading.message,
        limit_hit=grading.limit_hit,
        usage=grading.usage,
        isolation=grading.isolation,
        stack_version=grading.stack_version,
        engine_version=grading.engine_version,
        seed=grading.seed,
        queued_at=grading.queued_at,
        started_at=grading.started_at,
        graded_at=grading.graded_at,
        checks=(),
        retry_at=grading.retry_at,
    )


def _shown(record: CheckRecord) -> CheckResult:
    return policy.redact_hidden(result_from_json(record.result))


async def _misconceptions(session: AsyncSession, grading: Grading) -> tuple[Misconception, ...]:
    if grading.verdict not in _LEARNERS_FAULTS:
        return ()
    known = await session.scalar(
        select(LabVersion.manifest["misconceptions"])
        .join(Submission, Submission.lab_version_id == LabVersion.id)
        .where(Submission.id == grading.submission_id)
    )
    outcomes = {record.name: record.outcome for record in grading.results}
    return policy.find_misconceptions(known or [], outcomes)


async def _find_place(session: AsyncSession, grading: Grading) -> Place | None:
    """Return where a grading stands that no worker has; None once one has begun it."""
    if _status(grading) is not GradingStatus.QUEUED:
        return None
    return await find_place(session, GradeSubmission, grading_id=grading.id)


async def _typical_seconds(session: AsyncSession, grading: Grading) -> float | None:
    """Return how long the latest gradings ran: those of this lab, or else of every lab.

    As the engine measured them, by a clock that is never set.
    """
    latest = (
        select(Grading.usage["wall_seconds"].as_float().label("seconds"), Submission.lab_version_id)
        .join(Grading.submission)
        .where(Grading.verdict.not_in(_OUR_FAULTS))
        .order_by(Grading.id.desc())
        .limit(_LATEST)
        .subquery()
    )
    own = select(Submission.lab_version_id).where(Submission.id == grading.submission_id)
    alike = latest.c.lab_version_id == own.scalar_subquery()
    seconds: float | None = await session.scalar(
        select(func.coalesce(func.avg(latest.c.seconds).filter(alike), func.avg(latest.c.seconds)))
    )
    return seconds

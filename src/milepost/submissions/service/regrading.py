"""What an operator does with gradings: grade again, or end one without a verdict of the learner's.

Earlier verdicts stay: grading again adds one. Invariant: nothing here costs a learner an attempt.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog import queries as catalog
from milepost.core.announcements import announce
from milepost.core.clock import utc_now
from milepost.core.ids import new_id_after
from milepost.core.queue import BACKGROUND, cancel_job, enqueue
from milepost.core.revisions import mark_changed
from milepost.engine import Verdict
from milepost.submissions import policy, queries
from milepost.submissions.errors import GradingNotFound, JobNotFound, StillBeingGraded
from milepost.submissions.models import Grading, Submission
from milepost.submissions.service import grading_topic, to_be_queued
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import SubmissionKind
from milepost.submissions.waiting import list_needs


async def queue_regradings(session: AsyncSession) -> int:
    """Queue again, in the background, what ended through a fault of ours; return how many.

    A submission counts whose newest grading says so, unless its lab is still closed.
    """
    rows = await session.execute(queries.select_given_up(Submission.id, Grading.id))
    given_up = rows.all()
    for submission_id, grading_id in given_up:
        await _queue_again(session, submission_id, after=grading_id)
    return len(given_up)


async def queue_regrading(session: AsyncSession, any_id: UUID) -> UUID:
    """Queue a submission again whatever its verdict is, and return the new grading's id.

    `any_id` is the submission's, or one of its gradings'. Earlier verdicts stay. Raises
    `GradingNotFound`, or `StillBeingGraded` while its newest grading has no verdict.
    """
    newest = await session.scalar(
        select(Grading)
        .where(
            Grading.submission_id.in_(
                select(Grading.submission_id).where(
                    (Grading.id == any_id) | (Grading.submission_id == any_id)
                )
            )
        )
        .order_by(Grading.id.desc())
        .limit(1)
    )
    if newest is None:
        raise GradingNotFound(any_id)
    if newest.verdict is None:
        raise StillBeingGraded(newest.id)
    return await _queue_again(session, newest.submission_id, after=newest.id)


async def cancel_grading(session: AsyncSession, job_id: int) -> UUID | None:
    """Cancel a job, and return the grading that ends so without being judged.

    Its learner is told, and no attempt is used. None if the job is no grading's, or of one that
    had its verdict already, which stays. Raises `JobNotFound`.
    """
    payload = await cancel_job(session, job_id)
    if payload is None:
        raise JobNotFound(job_id)
    if "grading_id" not in payload:
        return None
    grading_id = UUID(payload["grading_id"])
    submission_id = await session.scalar(
        update(Grading)
        .where(Grading.id == grading_id, Grading.verdict.is_(None))
        .values(
            verdict=Verdict.ENGINE_FAILED,
            message=policy.CANCELLED,
            cancelled_at=utc_now(),
            graded_at=utc_now(),
            retry_at=None,
        )
        .returning(Grading.submission_id)
    )
    if submission_id is None:
        return None
    submission = await session.get_one(Submission, submission_id)
    if submission.kind is SubmissionKind.SUBMISSION:
        await mark_changed(session, submission.learner_id)
    await announce(session, grading_topic(grading_id))
    return grading_id


async def _queue_again(session: AsyncSession, submission_id: UUID, *, after: UUID) -> UUID:
    # The newest grading is the one that counts, also if the clock was set back since.
    grading_id = new_id_after(after)
    await session.execute(
        insert(Grading).values(
            submission_id=submission_id, queued_at=utc_now(), **to_be_queued(grading_id)
        )
    )
    submission = await session.get_one(Submission, submission_id)
    offer = await catalog.get_version_offer(session, submission.lab_version_id)
    needs = list_needs(offer, submission.stack)
    await enqueue(session, GradeSubmission(grading_id=grading_id, flow=BACKGROUND, needs=needs))
    return grading_id

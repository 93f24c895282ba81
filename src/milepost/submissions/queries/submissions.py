"""Reads of submissions, as their learner may see them, each with where its newest grading stands.

Another person's submission is not found.
"""

from uuid import UUID

from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, contains_eager, selectinload

from milepost.accounts.types import Actor
from milepost.catalog.models import Lab, LabVersion
from milepost.engine import Outcome, Verdict
from milepost.labs import LAB
from milepost.submissions.errors import SubmissionNotFound
from milepost.submissions.models import CheckRecord, Grading, Submission, SubmissionFile
from milepost.submissions.policy import find_status
from milepost.submissions.types import SubmissionKind, SubmissionView


async def get_submission(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> SubmissionView:
    """Return one of the learner's own submissions."""
    rows = await session.execute(_submissions(actor).where(Submission.id == submission_id).limit(1))
    found = rows.one_or_none()
    if found is None:
        raise SubmissionNotFound(submission_id)
    return _to_view(*found)


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
    return [_to_view(*row) for row in rows]


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


async def find_passed_files(
    session: AsyncSession, actor: Actor, *, lab: str, stack: str
) -> dict[str, str] | None:
    """Return the files of the learner's newest submission that passed, as text by path, or None."""
    newest = (
        select(Submission.id)
        .join(Submission.lab_version)
        .join(LabVersion.lab)
        .join(Submission.gradings)
        .where(
            Submission.learner_id == actor.id,
            Submission.kind == SubmissionKind.SUBMISSION,
            Submission.stack == stack,
            Lab.slug == lab,
            Grading.verdict == Verdict.PASSED,
        )
        .order_by(Submission.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    files = (
        await session.scalars(select(SubmissionFile).where(SubmissionFile.submission_id == newest))
    ).all()
    return {file.path: file.content.decode() for file in files} or None


def _submissions(actor: Actor) -> Select[Submission, Lab, Grading, int, int, str]:
    newest = aliased(
        Grading,
        select(Grading)
        .where(Grading.submission_id == Submission.id)
        .order_by(Grading.id.desc())
        .limit(1)
        .lateral(),
    )
    counts = (
        select(
            func.count().filter(CheckRecord.outcome == Outcome.PASSED).label("passed"),
            func.count().label("checks"),
        )
        .where(CheckRecord.grading_id == newest.id, CheckRecord.attempt == newest.attempt)
        .lateral()
    )
    return (
        select(
            Submission,
            Lab,
            newest,
            counts.c.passed,
            counts.c.checks,
            func.coalesce(LabVersion.manifest["kind"].astext, LAB),
        )
        .join(Submission.lab_version)
        .join(LabVersion.lab)
        .join(newest, true())
        .join(counts, true())
        .where(Submission.learner_id == actor.id)
        .options(contains_eager(Submission.lab_version))
    )


def _to_view(
    submission: Submission, lab: Lab, grading: Grading, passed: int, checks: int, kind: str
) -> SubmissionView:
    return SubmissionView(
        id=submission.id,
        lab=lab.slug,
        lab_title=submission.lab_version.title,
        stack=submission.stack,
        kind=submission.kind,
        created_at=submission.created_at,
        is_current_version=submission.lab_version_id == lab.version_id,
        grading_id=grading.id,
        status=find_status(grading.verdict, grading.attempt, grading.retry_at),
        verdict=grading.verdict,
        graded_at=grading.graded_at,
        only=tuple(submission.picked_checks),
        passed_count=passed,
        check_count=checks,
        lab_kind=kind,
    )

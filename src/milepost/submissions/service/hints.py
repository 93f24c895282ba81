"""Opening hints: one step after the other, on a check of the learner's own that failed.

Safe to repeat: a step that is open stays open, and is noted once.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.models import LabVersion
from milepost.core.clock import utc_now
from milepost.submissions import queries
from milepost.submissions.errors import HintNotOffered, HintStepSkipped
from milepost.submissions.models import OpenedHint, Submission
from milepost.submissions.types import CheckHints


@dataclass(frozen=True, slots=True)
class _Failed:
    """A check that failed, in the newest grading of a submission."""

    submission_id: UUID
    grading_id: UUID
    check: str


async def open_hint(
    session: AsyncSession,
    actor: Actor,
    *,
    submission_id: UUID,
    check: str,
    step: int | None = None,
) -> CheckHints:
    """Open the next step, or the one of this number, and return all that are open now.

    Raises `HintNotOffered` unless the check is visible, failed in the submission's newest grading
    and has a hint, and `HintStepSkipped` where an earlier step is still closed.
    """
    submission = await queries.get_submission(session, actor, submission_id)
    failed = _Failed(submission_id, submission.grading_id, check)
    hints = await _get_hints(session, actor, failed)
    following = len(hints.opened) + 1
    asked = min(following, hints.step_count) if step is None else step
    if asked > hints.step_count:
        raise HintNotOffered(check)
    if asked > following:
        raise HintStepSkipped(check, following)
    if asked < following:
        return hints
    lab_id = (
        select(LabVersion.lab_id)
        .join(Submission, Submission.lab_version_id == LabVersion.id)
        .where(Submission.id == submission_id)
        .scalar_subquery()
    )
    await session.execute(
        insert(OpenedHint)
        .values(
            learner_id=actor.id,
            lab_id=lab_id,
            check_name=check,
            step=asked,
            submission_id=submission_id,
            opened_at=utc_now(),
        )
        .on_conflict_do_nothing()
    )
    return await _get_hints(session, actor, failed)


async def _get_hints(session: AsyncSession, actor: Actor, failed: _Failed) -> CheckHints:
    grading = await queries.get_grading(session, actor, failed.grading_id)
    found = next((each for each in grading.hints if each.check == failed.check), None)
    if found is None:
        raise HintNotOffered(failed.check)
    return found

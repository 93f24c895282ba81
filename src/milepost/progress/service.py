"""Writes of progress: proving objectives, and moving a course's state.

Both are safe to repeat: what is proven stays, and a state that is set is set.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import DateTime, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.core.clock import utc_now
from milepost.core.revisions import mark_changed
from milepost.progress import policy, queries
from milepost.progress.models import CourseProgress, ObjectiveProof
from milepost.progress.types import CourseState


async def prove_objectives(
    session: AsyncSession,
    *,
    learner_id: UUID,
    lab_id: UUID,
    objectives: Sequence[str],
    grading_id: UUID,
) -> None:
    """Record that a grading proved these objectives of a lab's path, given by their keys.

    One that is proven keeps its first proof.
    """
    ids = catalog.select_objective_ids(lab_id=lab_id, keys=objectives).subquery()
    now = literal(utc_now(), DateTime(timezone=True))
    proofs = select(literal(learner_id), ids.c.id, literal(grading_id), now)
    columns = ["learner_id", "objective_id", "grading_id", "proven_at"]
    await session.execute(
        insert(ObjectiveProof).from_select(columns, proofs).on_conflict_do_nothing()
    )


async def set_course_state(
    session: AsyncSession, actor: Actor, *, path: str, skill: str, state: CourseState | None
) -> None:
    """Move the course of a skill to `state`; None forgets it. Dates are kept where they hold."""
    skill_id = await queries.get_skill_id(session, path=path, skill=skill)
    await mark_changed(session, actor.id)
    if state is None:
        await session.execute(
            delete(CourseProgress).where(
                CourseProgress.learner_id == actor.id, CourseProgress.skill_id == skill_id
            )
        )
        return
    row = await session.get(CourseProgress, (actor.id, skill_id), with_for_update=True)
    planned_at, started_at, finished_at = policy.course_dates(
        state,
        utc_now(),
        planned_at=row.planned_at if row else None,
        started_at=row.started_at if row else None,
    )
    dates = {"planned_at": planned_at, "started_at": started_at, "finished_at": finished_at}
    await session.execute(
        insert(CourseProgress)
        .values(learner_id=actor.id, skill_id=skill_id, **dates)
        .on_conflict_do_update(index_elements=["learner_id", "skill_id"], set_=dates)
    )
    session.expire_all()

"""Writes of progress: what a pass proves or practises, what is walked, a course's state.

All are safe to repeat: what is proven or walked stays, and a state that is set is set. Invariant:
whatever can make more provable (other labs, another track) first keeps what is walked, and what
can change a challenge first keeps who was placed.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.models import User
from milepost.accounts.queries import to_actor
from milepost.accounts.service import tracks
from milepost.accounts.types import Actor, Track
from milepost.catalog import queries as catalog
from milepost.core.clock import utc_now
from milepost.core.database import run
from milepost.core.revisions import CONTENT, find_revision, mark_changed
from milepost.core.statements import Statement
from milepost.progress import policy, queries
from milepost.progress.models import (
    CourseProgress,
    ObjectivePractice,
    ObjectiveProof,
    WalkedSkill,
)
from milepost.progress.types import CourseState

_PASSED = catalog.select_objective_ids().subquery()


def _insert_first(table: type[ObjectiveProof | ObjectivePractice], moment: str) -> Statement:
    """Make the statement that inserts a row for each objective that has none yet."""
    return Statement(
        insert(table)
        .from_select(
            ["learner_id", "objective_id", "grading_id", moment],
            select(
                bindparam("learner_id", type_=Uuid),
                _PASSED.c.id,
                bindparam("grading_id", type_=Uuid),
                bindparam("now", type_=DateTime(timezone=True)),
            ),
        )
        .on_conflict_do_nothing()
        .returning(table.objective_id)
    )


_PROVE = _insert_first(ObjectiveProof, "proven_at")
_PRACTISE = _insert_first(ObjectivePractice, "practised_at")
_PLACE = Statement("""
    INSERT INTO placed_skills (learner_id, skill_id, grading_id, placed_at)
    SELECT DISTINCT ON (submission.learner_id, skill.id)
        submission.learner_id, skill.id, grading.id, COALESCE(grading.graded_at, %(now)s)
    FROM skills AS skill
    JOIN labs AS lab ON lab.skill_id = skill.id AND lab.slug = skill.challenge
    JOIN lab_versions AS version ON version.lab_id = lab.id
    JOIN submissions AS submission ON submission.lab_version_id = version.id
    JOIN gradings AS grading ON grading.submission_id = submission.id
    WHERE submission.kind = 'submission' AND grading.verdict = 'passed'
    ORDER BY submission.learner_id, skill.id, grading.id
    ON CONFLICT DO NOTHING
""")
_LEARNERS_AT_ONCE = 500


async def prove_objectives(
    session: AsyncSession,
    *,
    learner_id: UUID,
    lab_id: UUID,
    objectives: Sequence[str],
    grading_id: UUID,
) -> None:
    """Record that a grading proved these objectives of a lab's path, given by their keys.

    One that is proven keeps its first proof. A skill that is walked by this stays walked.
    """
    fresh = await run(
        session,
        _PROVE,
        learner_id=learner_id,
        lab_id=lab_id,
        keys=[*objectives],
        grading_id=grading_id,
        now=utc_now(),
    )
    if fresh:
        await keep_walked(session, learner_id=learner_id)


async def practise_objectives(
    session: AsyncSession,
    *,
    learner_id: UUID,
    lab_id: UUID,
    objectives: Sequence[str],
    grading_id: UUID,
) -> None:
    """Record that a grading practised these objectives, as `prove_objectives` does of proofs.

    What is practised keeps its first grading, and walks no skill.
    """
    await run(
        session,
        _PRACTISE,
        learner_id=learner_id,
        lab_id=lab_id,
        keys=[*objectives],
        grading_id=grading_id,
        now=utc_now(),
    )


async def keep_walked(session: AsyncSession, *, learner_id: UUID | None = None) -> None:
    """Store which skills are walked as things are now: by one learner, or by all of them."""
    outlines = await catalog.list_outlines(session, at=await find_revision(session, CONTENT))
    proofs = select(User, func.array_agg(ObjectiveProof.objective_id)).join(
        ObjectiveProof, ObjectiveProof.learner_id == User.id
    )
    if learner_id is not None:
        proofs = proofs.where(User.id == learner_id)
    now = utc_now()
    learners = await session.stream(proofs.group_by(User.id))
    async for some in learners.partitions(_LEARNERS_AT_ONCE):
        walked = [
            {"learner_id": user.id, "skill_id": skill.id, "walked_at": now}
            for user, proven in some
            for outline in outlines
            for skill in policy.list_walked(outline, to_actor(user).track, set(proven))
        ]
        if walked:
            await session.execute(insert(WalkedSkill).on_conflict_do_nothing(), walked)


async def keep_placed(session: AsyncSession) -> None:
    """Store who is placed past which skill, before publishing changes what a challenge is."""
    await run(session, _PLACE, now=utc_now())


async def choose_track(session: AsyncSession, actor: Actor, *, track: Track) -> None:
    """Set the person's language and framework. What is proven or walked stays so."""
    await keep_walked(session, learner_id=actor.id)
    await tracks.choose_track(session, actor, track=track)
    await mark_changed(session, actor.id)


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

"""Writes of runs of examples: asking for one, beginning it, keeping what came of it.

Safe to run twice: the first result of a run stays, and a run that has expired is not begun.
"""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.core.attempts import count_attempt
from milepost.core.clock import utc_now
from milepost.core.ids import new_id
from milepost.core.queue import ASIDE, delete_ended_jobs, enqueue
from milepost.examples import policy, queries
from milepost.examples.languages import find_runnable
from milepost.examples.models import ExampleRun
from milepost.examples.tasks import RunExample
from milepost.examples.types import ExampleResult, ExampleRunView, StartedRun

_REMOVED_AT_ONCE = 100


async def request_run(
    session: AsyncSession, actor: Actor, *, language: str, code: str, before: str = ""
) -> ExampleRunView:
    """Store an example and queue its run in one transaction.

    Raises for what can't be run, `TooManyAttempts` and `ExampleRunsWaiting` for what is too much.
    """
    runnable = policy.require_runnable(language, code, before)
    await count_attempt(session, policy.RUNS, str(actor.id))
    policy.require_one_more(await queries.count_unfinished(session, actor))
    await _remove_expired(session)
    row = ExampleRun(
        id=new_id(),
        learner_id=actor.id,
        language=runnable.name,
        code=code,
        before=before,
        attempt=0,
        expires_at=utc_now() + policy.LIFETIME,
    )
    session.add(row)
    await session.flush()
    job = RunExample(run_id=row.id, flow=f"{ASIDE}{actor.id}", needs=runnable.needs)
    await enqueue(session, job)
    return queries.to_view(row)


async def start_run(session: AsyncSession, *, run_id: UUID) -> StartedRun | None:
    """Begin a run and return what is run, or None if it has ended or expired."""
    rows = await session.execute(
        update(ExampleRun)
        .where(
            ExampleRun.id == run_id,
            ExampleRun.ended_at.is_(None),
            ExampleRun.expires_at > utc_now(),
        )
        .values(attempt=ExampleRun.attempt + 1)
        .returning(ExampleRun.language, ExampleRun.code, ExampleRun.before, ExampleRun.attempt)
    )
    found = rows.one_or_none()
    language = None if found is None else find_runnable(found.language)
    if found is None or language is None:
        return None
    return StartedRun(run_id, language, found.code, found.before, found.attempt)


async def record_result(session: AsyncSession, *, run_id: UUID, result: ExampleResult) -> bool:
    """Keep what came of a run. False, and nothing is kept, if it has ended or was removed."""
    recorded = await session.scalar(
        update(ExampleRun)
        .where(ExampleRun.id == run_id, ExampleRun.ended_at.is_(None))
        .values(result=asdict(result), ended_at=utc_now())
        .returning(ExampleRun.id)
    )
    return recorded is not None


async def delete_expired_runs(session: AsyncSession) -> int:
    """Delete every run that has expired, and the jobs of those that have ended; count the runs."""
    await delete_ended_jobs(session, RunExample)
    deleted = await session.scalars(
        delete(ExampleRun).where(ExampleRun.expires_at <= utc_now()).returning(ExampleRun.id)
    )
    return len(deleted.all())


async def _remove_expired(session: AsyncSession) -> None:
    """Remove some that have expired, without waiting for rows that others hold."""
    expired = (
        select(ExampleRun.id)
        .where(ExampleRun.expires_at <= utc_now())
        .limit(_REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(ExampleRun).where(ExampleRun.id.in_(expired)))

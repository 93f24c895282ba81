"""Writes of runs of examples: asking for one, beginning it, keeping what came of it.

Safe to run twice: the first result of a run stays, and a run that has expired is not begun.
"""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.core.attempts import count_attempt
from milepost.core.clock import utc_now
from milepost.core.ids import new_id
from milepost.core.queue import ASIDE, delete_ended_jobs, enqueue
from milepost.engine.serialize import to_json
from milepost.examples import policy, queries
from milepost.examples.databases import DATABASES, describe_console, list_database_stacks
from milepost.examples.errors import LabHasNoDatabase
from milepost.examples.languages import RunnableLanguage, find_runnable
from milepost.examples.models import ExampleRun
from milepost.examples.tasks import RunExample
from milepost.examples.types import ExampleResult, ExampleRunView, LabDatabase, StartedRun
from milepost.submissions.errors import StackNotOffered

_REMOVED_AT_ONCE = 100


async def request_run(
    session: AsyncSession, actor: Actor, *, language: str, code: str, before: str = ""
) -> ExampleRunView:
    """Store an example and queue its run in one transaction.

    Raises for what can't be run, `TooManyAttempts` and `ExampleRunsWaiting` for what is too much.
    """
    runnable = policy.require_runnable(language, code, before)
    return await _queue_run(session, actor, runnable, code=code, before=before)


async def request_lab_run(
    session: AsyncSession,
    actor: Actor,
    *,
    lab: str,
    language: str,
    code: str,
    before: str = "",
    stack: str | None = None,
    shows_plan: bool = False,
) -> ExampleRunView:
    """Queue a run of statements in a database as the lab's checks have it, or of none at all.

    Raises as `request_run` does, and for a lab that has no such database.
    """
    offer = await catalog.get_lab_offer(session, lab)
    stacks = list_database_stacks(offer.services)
    if not stacks:
        raise LabHasNoDatabase(lab, await catalog.list_slugs_with(session, DATABASES))
    if stack is not None and stack not in stacks:
        raise StackNotOffered(lab, stack, stacks)
    chosen = stack or stacks[0]
    console = policy.require_statements(language, chosen, code, before, shows_plan=shows_plan)
    return await _queue_run(
        session,
        actor,
        console,
        code=code,
        lab_version_id=offer.version_id,
        stack=chosen,
        shows_plan=shows_plan,
    )


async def _queue_run(
    session: AsyncSession,
    actor: Actor,
    runnable: RunnableLanguage,
    *,
    code: str,
    before: str = "",
    lab_version_id: UUID | None = None,
    stack: str | None = None,
    shows_plan: bool = False,
) -> ExampleRunView:
    await count_attempt(session, policy.RUNS, str(actor.id))
    policy.require_one_more(await queries.count_unfinished(session, actor))
    await _remove_expired(session)
    row = ExampleRun(
        id=new_id(),
        learner_id=actor.id,
        language=runnable.name,
        code=code,
        before=before,
        lab_version_id=lab_version_id,
        stack=stack,
        shows_plan=shows_plan,
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
    found = await session.scalar(
        update(ExampleRun)
        .where(
            ExampleRun.id == run_id,
            ExampleRun.ended_at.is_(None),
            ExampleRun.expires_at > utc_now(),
        )
        .values(attempt=ExampleRun.attempt + 1)
        .returning(ExampleRun)
    )
    if found is None:
        return None
    lab = await _find_database(session, found)
    language = find_runnable(found.language)
    if found.stack is not None:
        language = describe_console(found.stack)
    if language is None:
        return None
    return StartedRun(run_id, language, found.code, found.before, found.attempt, lab)


async def record_result(session: AsyncSession, *, run_id: UUID, result: ExampleResult) -> bool:
    """Keep what came of a run. False, and nothing is kept, if it has ended or was removed."""
    recorded = await session.scalar(
        update(ExampleRun)
        .where(ExampleRun.id == run_id, ExampleRun.ended_at.is_(None))
        .values(result=_write_result(result), ended_at=utc_now())
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


async def _find_database(session: AsyncSession, row: ExampleRun) -> LabDatabase | None:
    if row.lab_version_id is None:
        return None
    content_hash, spec = await catalog.get_version_spec(session, row.lab_version_id)
    return LabDatabase(row.lab_version_id, content_hash, spec, row.shows_plan)


def _write_result(result: ExampleResult) -> dict[str, Any]:
    tables = None if result.tables is None else to_json(result.tables.to_values())
    return asdict(replace(result, tables=None)) | {"tables": tables}


async def _remove_expired(session: AsyncSession) -> None:
    """Remove some that have expired, without waiting for rows that others hold."""
    expired = (
        select(ExampleRun.id)
        .where(ExampleRun.expires_at <= utc_now())
        .limit(_REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(ExampleRun).where(ExampleRun.id.in_(expired)))

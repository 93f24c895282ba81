"""Reads of runs of examples. One that has expired is gone, also where its row is still there.

Every one of them asks whose run it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.core.clock import utc_now
from milepost.core.database import run
from milepost.core.fleet import list_workers
from milepost.core.queue import find_place
from milepost.engine.evidence.tables import Tables
from milepost.examples.errors import ExampleRunNotFound
from milepost.examples.models import ExampleRun
from milepost.examples.tasks import RunExample
from milepost.examples.types import Ending, ExampleResult, ExampleRunView, RunStatus
from milepost.submissions.waiting import explain_wait


async def get_run(session: AsyncSession, actor: Actor, run_id: UUID) -> ExampleRunView:
    """Return a run of this learner's; raises `ExampleRunNotFound`."""
    row = await session.scalar(
        select(ExampleRun).where(
            ExampleRun.id == run_id,
            ExampleRun.learner_id == actor.id,
            ExampleRun.expires_at > utc_now(),
        )
    )
    if row is None:
        raise ExampleRunNotFound(run_id)
    view = to_view(row)
    return await _explain(session, view) if view.status is RunStatus.QUEUED else view


async def count_unfinished(session: AsyncSession, actor: Actor) -> int:
    """Count the runs of this learner that wait or run."""
    found = await session.scalar(
        select(func.count()).where(
            ExampleRun.learner_id == actor.id,
            ExampleRun.ended_at.is_(None),
            ExampleRun.expires_at > utc_now(),
        )
    )
    return found or 0


def to_view(row: ExampleRun) -> ExampleRunView:
    """Return what a learner sees of a run, without its place in the queue."""
    status = RunStatus.QUEUED if row.attempt == 0 else RunStatus.RUNNING
    return ExampleRunView(
        id=row.id,
        language=row.language,
        status=status if row.result is None else RunStatus.FINISHED,
        expires_at=row.expires_at,
        result=None if row.result is None else _read_result(row.result),
    )


async def _explain(session: AsyncSession, view: ExampleRunView) -> ExampleRunView:
    """Show where a run stands that waits, or why no worker takes it."""
    place = await find_place(partial(run, session), RunExample, run_id=view.id)
    if place.position is None or place.slots:
        return replace(view, queue_position=place.position)
    return replace(view, waits_because=explain_wait(place.needs, await list_workers(session)))


def _read_result(stored: Mapping[str, Any]) -> ExampleResult:
    tables = stored.get("tables")
    read = {
        "ending": Ending(stored["ending"]),
        "tables": None if tables is None else Tables.read(tables),
    }
    return ExampleResult(**{**stored, **read})

"""The queue's sending half: a job is a row that is written in the caller's own transaction.

A payload is declared by the package that enqueues it; its handler lives with the worker. If the
caller rolls back, there is no job: both or neither. Whose turn a job is is settled here and never
again, so that a worker takes the first row and nothing more.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import procrastinate
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import driver_connection

BACKGROUND = "background"  # the flow of what nobody waits for
AGAIN_PRIORITY = 1  # of a job that was interrupted: it has waited for its turn already
SLOT_LOCKS = 641_701  # one advisory lock for each job that a living worker can do at once
_FLOW_LOCKS = 641_702

# A person's jobs are one turn apart. What runs in the background begins a hundred turns later, and
# its jobs are ten apart: it gives way to people, and still moves when they never stop.
_PERSON = {"late": 0, "apart": 1}
_NOBODY = {"late": 100, "apart": 10}

_NEXT_TURN = text("""
    WITH known AS (
        SELECT -priority AS turn, status, COALESCE(args ->> 'flow', '') AS flow
        FROM procrastinate_jobs
        WHERE queue_name = :queue AND status IN ('todo', 'doing') AND priority <= 0
    )
    SELECT GREATEST(
        COALESCE(
            min(turn) FILTER (WHERE status = 'todo' AND flow <> :background),
            max(turn) FILTER (WHERE status = 'doing' AND flow <> :background) + 1,
            0
        ) + :late,
        COALESCE(max(turn) FILTER (WHERE status = 'todo' AND flow = :flow) + :apart, 0)
    )
    FROM known
""")
_PLACE = text("""
    WITH waiting AS (
        SELECT id, priority, args
        FROM procrastinate_jobs
        WHERE queue_name = :queue AND status = 'todo'
          AND (scheduled_at IS NULL OR scheduled_at <= now())
    ), own AS (
        SELECT id, priority FROM waiting WHERE args ->> :name = :value LIMIT 1
    )
    SELECT
        (
            SELECT NULLIF(count(*), 0) FROM waiting, own
            WHERE (waiting.priority, -waiting.id) >= (own.priority, -own.id)
        ),
        (
            SELECT count(*) FROM procrastinate_jobs
            WHERE queue_name = :queue AND status = 'doing'
        ),
        (
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND classid = :slot_locks
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        )
""")


class Payload(BaseModel):
    """What a task is told: ids, never objects. `task` names it for good."""

    model_config = ConfigDict(frozen=True)

    task: ClassVar[str]
    queue: ClassVar[str] = "default"


class FairPayload(Payload):
    """A job of a queue in which nobody's jobs keep others waiting: `flow` says whose it is."""

    flow: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands: `position` from 1, or None if it does not wait (any more).

    `slots` jobs can be done at once by the workers that live, and `running` are being done.
    """

    position: int | None
    running: int
    slots: int


# Only rows are written here, and always through the caller's connection, so this app's own
# connector is never opened.
_deferrer = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def enqueue(session: AsyncSession, payload: Payload) -> None:
    """Add a job to the transaction of `session`.

    Fair payloads are served by start-time fair queueing (Goyal, Vin and Cheng, 1996): a flow that
    has nothing waiting is served after at most one job of every other flow.
    """
    turn = await _next_turn(session, payload) if isinstance(payload, FairPayload) else 0
    connection = await driver_connection(session)
    deferrer = _deferrer.configure_task(
        payload.task,
        allow_unknown=True,
        queue=payload.queue,
        priority=-turn,
        connection=connection,
    )
    await deferrer.defer_async(**payload.model_dump(mode="json"))


async def find_place(session: AsyncSession, payload: type[Payload], **ids: UUID) -> Place:
    """Return where the job with this id in its payload stands: `grading_id=…`.

    Without an id only the queue as a whole is told.
    """
    [(name, value)] = ids.items() or [("", "")]
    row = await session.execute(
        _PLACE,
        {"queue": payload.queue, "name": name, "value": str(value), "slot_locks": SLOT_LOCKS},
    )
    return Place(*row.one())


async def _next_turn(session: AsyncSession, payload: FairPayload) -> int:
    # Two of one flow at the same moment must not get the same turn.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(:space, hashtext(:flow))"),
        {"space": _FLOW_LOCKS, "flow": payload.flow},
    )
    pace = _NOBODY if payload.flow == BACKGROUND else _PERSON
    names = {"queue": payload.queue, "flow": payload.flow, "background": BACKGROUND}
    turn: int = (await session.execute(_NEXT_TURN, {**names, **pace})).scalar_one()
    return turn

"""The queue's sending half: a job is a row that is written in the caller's own transaction.

A payload is declared by the package that enqueues it; its handler lives with the worker. If the
caller rolls back, there is no job: both or neither. Whose turn a job is is settled here and never
again, so that a worker takes the first row that it can do and nothing more.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import run
from milepost.core.fleet import LIKELY_WORKERS, TAKING_WORKERS
from milepost.core.statements import Ask, Statement

BACKGROUND = "background"  # the flow of what nobody waits for
ASIDE = "aside:"  # begins a person's flow of what counts for nothing, and gives way to what counts
AGAIN_PRIORITY = 1  # of a job that was interrupted: it has waited for its turn already
_FLOW_LOCKS = 641_702

# A person's jobs are one turn apart. What runs in the background begins a hundred turns later, and
# its jobs are ten apart: it gives way to people, and still moves when they never stop. What people
# do aside begins ten turns later.
_PERSON = {"late": 0, "apart": 1}
_ASIDE = {"late": 10, "apart": 1}
_NOBODY = {"late": 100, "apart": 10}

# What is served side by side shares its turns: jobs alike, and those that some worker takes. A job
# that waits for a worker which is not there must not hold the front where it was.
_LOCK_FLOW = Statement("SELECT pg_advisory_xact_lock(%(space)s, hashtext(%(flow)s))")
_ENQUEUE = Statement(f"""
    WITH taking AS ({LIKELY_WORKERS}),
    known AS (
        SELECT -priority AS turn, status, flow,
            flow <> %(background)s AND NOT starts_with(flow, %(aside)s) AS is_front
        FROM procrastinate_jobs, COALESCE(args ->> 'flow', '') AS flow
        WHERE queue_name = %(queue)s AND status IN ('todo', 'doing') AND priority <= 0
          AND (
              COALESCE(args -> 'needs', '[]') = %(needs)s::jsonb
              OR EXISTS (SELECT FROM taking WHERE COALESCE(args -> 'needs', '[]') <@ abilities)
          )
    ), next AS (
        SELECT GREATEST(
            COALESCE(
                min(turn) FILTER (WHERE status = 'todo' AND is_front),
                max(turn) FILTER (WHERE status = 'doing' AND is_front) + 1,
                0
            ) + %(late)s,
            COALESCE(max(turn) FILTER (WHERE status = 'todo' AND flow = %(flow)s) + %(apart)s, 0)
        ) AS turn
        FROM known
    )
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        %(queue)s::text, %(task)s::text, -turn, NULL, NULL, %(payload)s::jsonb, NULL
    )::procrastinate_job_to_defer_v1])
    FROM next
""")  # noqa: S608  constants
# Ahead of a job is what those workers take before it that can do it.
_PLACE = Statement(f"""
    WITH waiting AS (
        SELECT id, priority, args, COALESCE(args -> 'needs', '[]') AS needs
        FROM procrastinate_jobs
        WHERE queue_name = %(queue)s AND status = 'todo'
          AND (scheduled_at IS NULL OR scheduled_at <= now())
    ), own AS (
        SELECT id, priority, needs FROM waiting WHERE args ->> %(name)s = %(value)s LIMIT 1
    ), able AS (
        SELECT taking.* FROM ({TAKING_WORKERS}) AS taking
        WHERE taking.abilities <> '[]'
          AND COALESCE((SELECT needs FROM own), '[]') <@ taking.abilities
    )
    SELECT
        (
            SELECT NULLIF(count(*), 0) FROM waiting, own
            WHERE (waiting.priority, -waiting.id) >= (own.priority, -own.id)
              AND (
                  waiting.needs = own.needs
                  OR EXISTS (SELECT FROM able WHERE waiting.needs <@ able.abilities)
              )
        ),
        (
            SELECT count(*) FROM procrastinate_jobs
            WHERE queue_name = %(queue)s AND status = 'doing'
              AND worker_id IN (SELECT id FROM able)
        ),
        (SELECT COALESCE(sum(slots), 0) FROM able),
        (SELECT needs FROM own)
""")  # noqa: S608  constants


class Payload(BaseModel):
    """What a task is told: ids, never objects. `task` names it for good."""

    model_config = ConfigDict(frozen=True)

    task: ClassVar[str]
    queue: ClassVar[str] = "default"


class FairPayload(Payload):
    """A job of a queue in which nobody's jobs keep others waiting: `flow` says whose it is.

    Only a worker that has everything that it `needs` takes it (`milepost.core.fleet`).
    """

    flow: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands: `position` from 1, or None if it does not wait (any more).

    `slots` jobs can be done at once by the workers that can do this one, and `running` are being
    done by them. It has none of these without such a worker; `needs` says what one must have.
    """

    position: int | None
    running: int
    slots: int
    needs: tuple[str, ...] = ()


async def enqueue(session: AsyncSession, payload: FairPayload) -> None:
    """Add a job to the transaction of `session`, with its turn.

    By start-time fair queueing (Goyal, Vin and Cheng, 1996): a flow that has nothing waiting is
    served after at most one job of every other flow.
    """
    # Two of one flow at the same moment must not get the same turn.
    await run(session, _LOCK_FLOW, space=_FLOW_LOCKS, flow=payload.flow)
    await run(
        session,
        _ENQUEUE,
        queue=payload.queue,
        task=payload.task,
        flow=payload.flow,
        needs=json.dumps(payload.needs),
        payload=payload.model_dump_json(),
        background=BACKGROUND,
        aside=ASIDE,
        **_choose_pace(payload.flow),
    )


async def delete_ended_jobs(session: AsyncSession, payload: type[Payload]) -> None:
    """Delete the rows of this kind of job that are done with, however they ended."""
    await session.execute(
        text(
            "DELETE FROM procrastinate_jobs"
            " WHERE task_name = :task AND status NOT IN ('todo', 'doing')"
        ),
        {"task": payload.task},
    )


def _choose_pace(flow: str) -> dict[str, int]:
    if flow == BACKGROUND:
        return _NOBODY
    return _ASIDE if flow.startswith(ASIDE) else _PERSON


async def cancel_job(session: AsyncSession, job_id: int) -> dict[str, Any] | None:
    """Have a job not done, or not to its end; return its payload, or None if there is none open.

    A worker that does it hears of it when this transaction commits.
    """
    found: dict[str, Any] | None = await session.scalar(
        text(
            "SELECT args FROM procrastinate_jobs"
            " WHERE id = :id AND status IN ('todo', 'doing') FOR UPDATE"
        ),
        {"id": job_id},
    )
    if found is not None:
        await session.execute(
            text("SELECT procrastinate_cancel_job_v1(:id, true, false)"), {"id": job_id}
        )
    return found


async def find_place(ask: Ask, payload: type[Payload], **ids: UUID) -> Place:
    """Return where the job with this id in its payload stands: `grading_id=…`.

    Without an id only the queue as a whole is told.
    """
    [(name, value)] = ids.items() or [("", "")]
    rows = await ask(_PLACE, queue=payload.queue, name=name, value=str(value))
    [(position, running, slots, needs)] = rows
    return Place(position, running, slots, tuple(needs or ()))

"""The fleet: the workers that serve the queue, and what each of them can do.

A worker is a row here and one of the queue's own, which carries its heartbeat; both go when it
ends. A job names what it needs and a worker what it has, in the same words, so that a job is taken
only by a worker that can do it. What a worker does with a job is not known here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.clock import utc_now
from milepost.core.database import Base

ISOLATED = "isolated"  # the word for a machine with namespaces, which servers take
PRESENCE_LOCKS = 641_700  # one advisory lock for each worker that lives

# A worker lives if its connection holds its lock and its heartbeat is younger than its lease. A
# process that is stopped keeps its lock, and a host that is gone may for minutes.
HAS_LOCK = f"""
    EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND classid = {PRESENCE_LOCKS}
          AND objid = worker.id
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""  # noqa: S608  constants
IS_FRESH = "beat.last_heartbeat > now() - make_interval(secs => worker.lease_seconds)"
# Draining is an operator's wish; a schema that another Milepost migrated is not this worker's.
IS_TAKING = """
    worker.draining_since IS NULL
    AND worker.schema_revision = (SELECT version_num FROM alembic_version)
"""
_WITH_HEARTBEAT = "workers AS worker JOIN procrastinate_workers AS beat ON beat.id = worker.id"
# For those who submit: listing every lock costs more with each session of the database.
LIKELY_WORKERS = f"""
    SELECT worker.id, worker.slots, worker.abilities
    FROM {_WITH_HEARTBEAT}
    WHERE {IS_FRESH} AND {IS_TAKING}
"""  # noqa: S608  constants of this module
TAKING_WORKERS = f"{LIKELY_WORKERS} AND {HAS_LOCK}"
_LIST = text(f"""
    SELECT worker.id, worker.name, worker.host, worker.process_id, worker.version,
        worker.schema_revision, worker.isolation, worker.stacks, worker.abilities, worker.problem,
        worker.slots, worker.started_at, worker.draining_since, beat.last_heartbeat,
        {IS_FRESH} AND {HAS_LOCK} AS lives,
        worker.schema_revision = (SELECT version_num FROM alembic_version) AS has_schema,
        (
            SELECT count(*) FROM procrastinate_jobs
            WHERE status = 'doing' AND worker_id = worker.id
        ) AS running
    FROM {_WITH_HEARTBEAT}
    ORDER BY worker.name, worker.id
""")  # noqa: S608  constants of this module


class Worker(Base):
    """A worker that is running: who it is, what it can do, and whether it takes jobs."""

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    host: Mapped[str]
    process_id: Mapped[int]
    version: Mapped[str]
    schema_revision: Mapped[str]
    isolation: Mapped[str | None]
    stacks: Mapped[dict[str, Any]]
    abilities: Mapped[list[str]]
    problem: Mapped[str | None]
    slots: Mapped[int]
    lease_seconds: Mapped[float]
    started_at: Mapped[datetime]
    draining_since: Mapped[datetime | None]


class WorkerState(StrEnum):
    """Whether a worker takes jobs, and if not, why."""

    READY = "ready"
    RESTING = "resting"  # after faults of its own; it tries again by itself
    UNFIT = "unfit"  # there is nothing that its machine can do now
    DRAINING = "draining"
    OVERTAKEN = "overtaken"  # the database's schema is another Milepost's
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as an operator sees it."""

    id: int
    name: str
    host: str
    process_id: int
    version: str
    schema_revision: str
    isolation: str | None
    stacks: dict[str, str]
    abilities: frozenset[str]
    problem: str | None
    slots: int
    started_at: datetime
    draining_since: datetime | None
    seen_at: datetime
    state: WorkerState
    running: int

    def has(self, need: str) -> bool:
        """Whether it has what a job needs, or will once it has rested.

        One that rests has no abilities, but names its stacks; what else it has is not known.
        """
        if self.state is not WorkerState.RESTING:
            return need in self.abilities
        return need in map(stack_need, self.stacks) or not need.startswith(stack_need(""))


def stack_need(name: str) -> str:
    """Return the word for a stack that a job needs and a worker has."""
    return f"stack:{name}"


def service_need(name: str) -> str:
    """Return the word for a lab's service that a job needs and a worker has."""
    return f"service:{name}"


async def list_workers(session: AsyncSession) -> list[WorkerView]:
    """Return the workers that are registered, by name; those that were lost a moment ago, too."""
    rows = await session.execute(_LIST)
    return [_to_view(row._asdict()) for row in rows]


async def set_draining(session: AsyncSession, name: str, *, draining: bool) -> int:
    """Have every worker of this name, or number, take no more jobs, or again; return how many.

    What they run is not touched, and a worker that is started anew takes jobs.
    """
    is_meant = Worker.name == name
    if name.isdecimal():
        is_meant |= Worker.id == int(name)
    changed = await session.scalars(
        update(Worker)
        .where(is_meant)
        .values(draining_since=utc_now() if draining else None)
        .returning(Worker.id)
    )
    return len(changed.all())


def _to_view(row: dict[str, Any]) -> WorkerView:
    state = _find_state(
        lives=row.pop("lives"),
        has_schema=row.pop("has_schema"),
        is_draining=row["draining_since"] is not None,
        can_do_something=bool(row["abilities"]),
        has_stacks=bool(row["stacks"]),
    )
    row["abilities"] = frozenset(row["abilities"])
    seen_at = row.pop("last_heartbeat")
    return WorkerView(**row, seen_at=seen_at, state=state)


def _find_state(
    *,
    lives: bool,
    has_schema: bool,
    is_draining: bool,
    can_do_something: bool,
    has_stacks: bool,
) -> WorkerState:
    if not lives:
        return WorkerState.LOST
    if not has_schema:
        return WorkerState.OVERTAKEN
    if is_draining:
        return WorkerState.DRAINING
    if can_do_something:
        return WorkerState.READY
    return WorkerState.RESTING if has_stacks else WorkerState.UNFIT  # who has stacks could grade

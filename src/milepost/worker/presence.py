"""Presence: how workers know which of them are alive, and take over from those that are not.

A worker holds a PostgreSQL advisory lock under its number for as long as it lives. The lock goes
with its connection, so a killed worker is known to be dead at once. A process that is stopped and a
host that is gone keep theirs; they are known by a heartbeat older than their lease. Either way they
are struck off the list, and a job that is being done by nobody on it goes back to the queue.
"""

import os
import platform
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.types.json import Jsonb

from milepost import __version__
from milepost.core.clock import LONG_AGO, utc_now
from milepost.core.database import choose_connection, to_psycopg_url
from milepost.core.fleet import HAS_LOCK, IS_FRESH, PRESENCE_LOCKS
from milepost.core.queue import AGAIN_PRIORITY
from milepost.core.schema import get_newest_revision
from milepost.worker.abilities import Abilities

_UNREGISTERED_LEASE_SECONDS = 30  # of a worker that ended before it could say more
_MOST_PAUSE_SECONDS = 120  # until a job is tried again; none that was chosen here is longer
_REGISTER = """
    INSERT INTO workers (
        id, name, host, process_id, version, schema_revision, isolation, stacks, abilities,
        problem, slots, lease_seconds, started_at
    ) VALUES (
        %(id)s, %(name)s, %(host)s, %(process_id)s, %(version)s, %(schema_revision)s,
        %(isolation)s, %(stacks)s, %(abilities)s, %(problem)s, %(slots)s, %(lease_seconds)s,
        %(started_at)s
    )
"""
_ANNOUNCE = """
    UPDATE workers
    SET isolation = %(isolation)s, stacks = %(stacks)s, abilities = %(abilities)s,
        problem = %(problem)s
    WHERE id = %(id)s
"""
_DEAD = f"""
    SELECT beat.id FROM procrastinate_workers AS beat
    LEFT JOIN workers AS worker ON worker.id = beat.id
    WHERE CASE WHEN worker.id IS NULL
        THEN beat.last_heartbeat < now() - make_interval(secs => {_UNREGISTERED_LEASE_SECONDS})
        ELSE NOT ({IS_FRESH} AND {HAS_LOCK})
    END
"""  # noqa: S608  constants
_ORPHAN = f"""
    SELECT job.id, job.worker_id
    FROM procrastinate_jobs AS job
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id AND {HAS_LOCK}
    )
"""  # noqa: S608  constants
# Such a one was begun before a clock was set back; without help it would wait for as long.
_FAR_OFF = f"""
    SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND priority = {AGAIN_PRIORITY}
      AND scheduled_at > now() + make_interval(secs => {_MOST_PAUSE_SECONDS})
"""  # noqa: S608  constants
# Nearly always all is well, so that is asked first, in one message for every kind of trouble.
_LOOK = f"""
    SELECT
        (
            SELECT COALESCE(schema_revision = (SELECT version_num FROM alembic_version), false)
            FROM workers WHERE id = %(id)s
        ),
        EXISTS ({_DEAD}), EXISTS ({_ORPHAN}), EXISTS ({_FAR_OFF})
"""  # noqa: S608  constants
_PRUNE = f"""
    WITH dead AS ({_DEAD} FOR UPDATE OF beat SKIP LOCKED), struck_off AS (
        DELETE FROM procrastinate_workers WHERE id IN (SELECT id FROM dead) RETURNING id
    )
    DELETE FROM workers WHERE id IN (SELECT id FROM struck_off) RETURNING id, name
"""  # noqa: S608  constants
# A job that another worker has put back, and one has taken, since it was found here is left alone:
# the row is locked as it is now, and must still be the same worker's, or nobody's.
_RESCUE = f"""
    WITH orphan AS MATERIALIZED ({_ORPHAN}), still AS MATERIALIZED (
        SELECT job.id
        FROM procrastinate_jobs AS job JOIN orphan ON orphan.id = job.id
        WHERE job.status = 'doing' AND job.worker_id IS NOT DISTINCT FROM orphan.worker_id
        FOR UPDATE OF job SKIP LOCKED
    )
    SELECT id, procrastinate_retry_job_v2(id, %(retry_at)s, %(priority)s, NULL, NULL) FROM still
"""  # noqa: S608  constants
_BRING_FORWARD = f"UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id IN ({_FAR_OFF})"  # noqa: S608  constants

log = structlog.get_logger(__name__)


class WorkerStruckOff(Exception):
    """Others have taken this worker for dead, and its jobs over. It may begin anew."""


class Trouble(NamedTuple):
    """What is to be put right: dead workers, jobs of nobody, jobs whose pause would not end."""

    has_dead: bool
    has_orphans: bool
    has_far_off: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker promises: how many jobs it does at once, and how soon to trust it no more."""

    slots: int
    lease_seconds: float


class Presence:
    """One worker's connection that says it is alive and what it can do, and looks for the dead."""

    def __init__(self, database_url: str, *, slots: int, lease_seconds: float = 30.0) -> None:
        self._url = to_psycopg_url(database_url)
        self._terms = Terms(slots, lease_seconds)
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._worker_id: int | None = None
        self._told: Abilities | None = None
        self._had_schema = True

    async def open(self) -> None:
        """Connect; the worker is not present yet."""
        self._connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, **choose_connection(self._url)
        )

    async def aclose(self) -> None:
        """Leave: the lock goes with the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def hold(self, worker_id: int, abilities: Abilities) -> None:
        """Be present under this number until the connection ends, and say what can be done."""
        await self._require().execute(
            "SELECT pg_advisory_lock(%s, %s)", (PRESENCE_LOCKS, worker_id)
        )
        host = platform.node() or "unknown"
        facts = {
            "id": worker_id,
            "name": f"{host}-{os.getpid()}",
            "host": host,
            "process_id": os.getpid(),
            "version": __version__,
            "schema_revision": get_newest_revision(),
            "slots": self._terms.slots,
            "lease_seconds": self._terms.lease_seconds,
            "started_at": utc_now(),
        }
        await self._require().execute(_REGISTER, {**facts, **_to_columns(abilities)})
        self._worker_id, self._told = worker_id, abilities

    async def announce(self, abilities: Abilities) -> None:
        """Say what can be done now, if that has changed."""
        if self._worker_id is None or abilities == self._told:
            return
        await self._require().execute(_ANNOUNCE, {"id": self._worker_id, **_to_columns(abilities)})
        self._told = abilities
        log.info("worker_announced", abilities=list(abilities.words), problem=abilities.problem)

    async def look(self) -> Trouble:
        """Return what is to be put right, which is nothing nearly always.

        Raises `WorkerStruckOff` if others have taken this worker for dead. A schema that was
        overtaken, which keeps this worker from taking jobs, is logged once.
        """
        cursor = await self._require().execute(_LOOK, {"id": self._worker_id}, prepare=True)
        [(has_schema, *trouble)] = await cursor.fetchall()
        if self._worker_id is not None:
            self._note_schema(has_schema)
        return Trouble(*trouble)

    async def strike_off_dead(self) -> None:
        """Strike off every worker without its lock or with a heartbeat older than its lease."""
        cursor = await self._require().execute(_PRUNE)
        for worker_id, name in await cursor.fetchall():
            log.warning("worker_struck_off", worker_id=worker_id, name=name)

    async def rescue_orphans(self) -> list[int]:
        """Put the jobs that no living worker does back into the queue, at once; return them.

        In one statement, so that a job which another worker has taken meanwhile stays there.
        """
        cursor = await self._require().execute(
            _RESCUE, {"retry_at": LONG_AGO, "priority": AGAIN_PRIORITY}
        )
        rescued = [job_id for job_id, _ in await cursor.fetchall()]
        for job_id in rescued:
            log.warning("job_rescued", job_id=job_id)
        return rescued

    async def bring_forward(self) -> None:
        """Let jobs be tried again whose pause ends later than any pause can."""
        await self._require().execute(_BRING_FORWARD)

    def _note_schema(self, has_schema: bool | None) -> None:
        if has_schema is None:
            raise WorkerStruckOff
        if self._had_schema and not has_schema:
            log.error("schema_overtaken", known=get_newest_revision())
        self._had_schema = has_schema

    def _require(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None:
            raise RuntimeError("Presence is used before it is opened.")
        return self._connection


def _to_columns(abilities: Abilities) -> dict[str, Any]:
    return {
        "isolation": abilities.isolation,
        "stacks": Jsonb(dict(abilities.stacks)),
        "abilities": Jsonb(list(abilities.words)),
        "problem": abilities.problem,
    }

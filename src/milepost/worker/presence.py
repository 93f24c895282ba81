"""Presence: how workers know which of them are alive, and take over from the dead.

A worker holds a PostgreSQL advisory lock under its number for as long as it lives, and one for
each job that it can do at once, which others count. The locks go with its connection, so a killed
worker is known to be dead at once, without waiting for missed heartbeats. A job that is being done
by nobody alive goes back to the queue.
"""

from typing import Any

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from milepost.core.clock import LONG_AGO
from milepost.core.database import to_psycopg_url
from milepost.core.queue import AGAIN_PRIORITY, SLOT_LOCKS

_LOCK_SPACE = 641_700
_MOST_SLOTS = 100
_ORPHANS = """
    SELECT job.id
    FROM procrastinate_jobs AS job
    WHERE job.status = 'doing'
      AND (job.worker_id IS NULL OR NOT EXISTS (
          SELECT FROM pg_locks
          WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = %(space)s AND objid = job.worker_id
      ))
"""

_MOST_PAUSE_SECONDS = 120
_BRING_FORWARD = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND priority = %(priority)s
      AND scheduled_at > now() + make_interval(secs => %(most_seconds)s)
"""

log = structlog.get_logger(__name__)


class Presence:
    """One worker's connection that says it is alive, and looks for jobs of dead ones."""

    def __init__(self, database_url: str, *, slots: int) -> None:
        self._url = to_psycopg_url(database_url)
        self._slots = slots
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def open(self) -> None:
        """Connect; the worker is not present yet."""
        self._connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5
        )

    async def aclose(self) -> None:
        """Leave: the lock goes with the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def hold(self, worker_id: int) -> None:
        """Be present under this number, with every slot, until the connection ends."""
        await self._require().execute("SELECT pg_advisory_lock(%s, %s)", (_LOCK_SPACE, worker_id))
        await self._require().execute(
            "SELECT pg_advisory_lock(%s, %s + slot) FROM generate_series(1, %s) AS slot",
            (SLOT_LOCKS, worker_id * _MOST_SLOTS, self._slots),
        )

    async def list_orphans(self) -> list[int]:
        """Return the jobs that are being done by no worker that is alive."""
        cursor = await self._require().execute(_ORPHANS, {"space": _LOCK_SPACE})
        return [job_id for (job_id,) in await cursor.fetchall()]

    def _require(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None:
            raise RuntimeError("Presence is used before it is opened.")
        return self._connection


class PresentJobManager(JobManager):
    """Registers a worker together with its presence, so that no job of its is ever orphaned."""

    def __init__(self, app: App, presence: Presence) -> None:
        super().__init__(app.connector)
        self._presence = presence

    async def register_worker(self) -> int:
        """Register with the queue and become present before any job can be fetched."""
        worker_id = await super().register_worker()
        await self._presence.hold(worker_id)
        return worker_id


async def rescue_orphans(app: App, presence: Presence) -> None:
    """Put the jobs of dead workers back into the queue, at once."""
    for job_id in await presence.list_orphans():
        try:
            await app.job_manager.retry_job_by_id_async(
                job_id, retry_at=LONG_AGO, priority=AGAIN_PRIORITY
            )
        except ConnectorException:  # another worker was quicker, or the job ended by itself
            log.debug("orphan_gone", job_id=job_id)
        else:
            log.warning("job_rescued", job_id=job_id)


async def bring_forward(app: App) -> None:
    """Let jobs be tried again whose pause ends later than any pause can.

    Such a one was begun before a clock was set back; without this it would last for as long.
    """
    await app.connector.execute_query_async(
        _BRING_FORWARD, priority=AGAIN_PRIORITY, most_seconds=_MOST_PAUSE_SECONDS
    )

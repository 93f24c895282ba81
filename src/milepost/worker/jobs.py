"""How a worker takes jobs and gives them back: as Procrastinate does, with the fleet in mind.

A worker takes what it can do, while nobody drains it and the schema is its own; all of that is
looked at in the statement that takes the job. Invariant: a job is ended or put back only by the
worker that has it, so one that was taken for dead and lives on changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime

import structlog
from procrastinate import App
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from milepost.core.fleet import IS_TAKING
from milepost.worker.condition import Condition
from milepost.worker.presence import Presence

_FETCH = f"""
    WITH candidate AS (
        SELECT job.id
        FROM procrastinate_jobs AS job, workers AS worker
        WHERE worker.id = %(worker_id)s AND {IS_TAKING}
          AND job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
          AND COALESCE(job.args -> 'needs', '[]') <@ worker.abilities
        ORDER BY job.priority DESC, job.id
        LIMIT 1
        FOR UPDATE OF job SKIP LOCKED
    )
    UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker_id)s
    FROM candidate WHERE job.id = candidate.id
    RETURNING job.id, status, task_name, priority, lock, queueing_lock, args, scheduled_at,
        queue_name, attempts, worker_id
"""  # noqa: S608  constants
_OWN = """
    WITH own AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
        WHERE id = %(job_id)s AND status = 'doing' AND worker_id = %(worker_id)s
        FOR UPDATE
    )
"""
_FINISH = f"{_OWN} SELECT id, procrastinate_finish_job_v1(id, %(status)s, %(delete)s) FROM own"  # noqa: S608
_RETRY = f"""{_OWN}
    SELECT id, procrastinate_retry_job_v2(id, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s)
    FROM own
"""  # noqa: S608  constants
_UNREGISTER = """
    WITH own AS (DELETE FROM workers WHERE id = %(worker_id)s)
    SELECT procrastinate_unregister_worker_v1(%(worker_id)s)
"""

log = structlog.get_logger(__name__)


class FleetJobManager(JobManager):
    """The queue as one worker of the fleet sees it."""

    def __init__(self, app: App, presence: Presence, condition: Condition) -> None:
        super().__init__(app.connector)
        self._presence = presence
        self._condition = condition

    async def register_worker(self) -> int:
        """Register with the queue and become present before any job can be fetched."""
        worker_id = await super().register_worker()
        await self._presence.hold(worker_id, await self._condition.find_abilities())
        return worker_id

    async def unregister_worker(self, worker_id: int) -> None:
        """Leave the queue and the fleet."""
        await self.connector.execute_query_async(query=_UNREGISTER, worker_id=worker_id)

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Do nothing: the sweep strikes off the dead, by each one's own lease."""
        del seconds_since_heartbeat
        return []

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Take the first job that this worker can do; None if there is none, or it rests."""
        del queues
        if self._condition.is_resting:
            return None
        rows = await self.connector.execute_query_all_async(query=_FETCH, worker_id=worker_id)
        return Job.from_row(rows[0]) if rows else None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End a job, unless it is another worker's by now."""
        rows = await self.connector.execute_query_all_async(
            query=_FINISH, **_name(job), status=status.value, delete=delete_job
        )
        _note_if_gone(job, rows)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back, unless it is another worker's by now."""
        rows = await self.connector.execute_query_all_async(
            query=_RETRY,
            **_name(job),
            retry_at=retry_at,
            priority=priority,
            queue=queue,
            lock=lock,
        )
        _note_if_gone(job, rows)


def _name(job: Job) -> dict[str, int | None]:
    return {"job_id": job.id, "worker_id": job.worker_id}


def _note_if_gone(job: Job, rows: list[dict[str, object]]) -> None:
    if not rows:
        log.warning("job_taken_over", job_id=job.id)

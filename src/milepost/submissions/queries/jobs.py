"""The queue as an operator sees it: what waits and what runs, since when, by whom, and why not.

Learners are not named. What was done is not listed: that is what gradings are for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.fleet import WorkerState, WorkerView, list_workers

_LIST = text("""
    SELECT job.id, job.task_name AS task, job.status::text AS status,
        COALESCE(job.scheduled_at > now(), false) AS is_paused, job.scheduled_at,
        COALESCE(job.args -> 'needs', '[]') AS needs,
        worker.id AS worker_id, worker.name AS worker,
        grading.id AS grading_id, grading.attempt, grading.fault,
        lab.slug AS lab, submission.stack, submission.kind,
        (
            SELECT max(at) FROM procrastinate_events
            WHERE job_id = job.id
              AND type = CASE WHEN job.status = 'doing' THEN 'started'
                  ELSE 'deferred' END::procrastinate_job_event_type
        ) AS since
    FROM procrastinate_jobs AS job
    LEFT JOIN workers AS worker ON worker.id = job.worker_id AND job.status = 'doing'
    LEFT JOIN gradings AS grading
        ON job.task_name = 'grade_submission' AND grading.id::text = job.args ->> 'grading_id'
    LEFT JOIN submissions AS submission ON submission.id = grading.submission_id
    LEFT JOIN lab_versions AS version ON version.id = submission.lab_version_id
    LEFT JOIN labs AS lab ON lab.id = version.lab_id
    WHERE job.status IN ('todo', 'doing')
    ORDER BY job.status = 'doing' DESC, is_paused, job.priority DESC, job.id
""")


class JobState(StrEnum):
    """Where a job stands that is not done."""

    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"  # after a fault, until it is tried again
    RESTING = "resting"  # the workers that could do it rest, and try again by themselves
    STUCK = "stuck"  # no worker that takes jobs has what it needs


@dataclass(frozen=True, slots=True)
class JobView:
    """A job that is not done. `since` is when it began to run, or to wait."""

    id: int
    task: str
    state: JobState
    since: datetime
    worker_id: int | None
    worker: str | None
    lab: str | None
    stack: str | None
    kind: str | None
    grading_id: UUID | None
    attempt: int | None
    needs: tuple[str, ...]
    lacking: tuple[str, ...]  # what no worker that takes jobs has
    retry_at: datetime | None
    fault: str | None


async def list_jobs(session: AsyncSession) -> list[JobView]:
    """Return what runs and what waits, in the order in which it is taken."""
    workers = await list_workers(session)
    taking = [w for w in workers if w.state in {WorkerState.READY, WorkerState.RESTING}]
    rows = await session.execute(_LIST)
    return [_to_view(row._asdict(), taking) for row in rows]


def _to_view(row: dict[str, Any], taking: list[WorkerView]) -> JobView:
    needs = tuple(row.pop("needs"))
    is_paused = row.pop("is_paused")
    scheduled_at = row.pop("scheduled_at")
    able = {worker.state for worker in taking if all(worker.has(need) for need in needs)}
    lacking = [need for need in needs if not any(worker.has(need) for worker in taking)]
    return JobView(
        state=_find_state(row.pop("status"), is_paused=is_paused, able=able),
        needs=needs,
        lacking=() if able else tuple(lacking or needs),
        retry_at=scheduled_at if is_paused else None,
        **row,
    )


def _find_state(status: str, *, is_paused: bool, able: set[WorkerState]) -> JobState:
    if status == "doing":
        return JobState.RUNNING
    if not able:
        return JobState.STUCK
    if WorkerState.READY not in able:
        return JobState.RESTING
    return JobState.PAUSED if is_paused else JobState.WAITING

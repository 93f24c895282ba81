"""What `milepost doctor` finds in the database: workers, closed labs, what could not be graded.

Nothing is found where there is no database to ask; `findings` says why there is none. Invariant:
each fault of ours that ended somebody's grading is told here until it is graded again.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.queries import list_closed_labs, list_unread_answers
from milepost.catalog.types import ClosedLab, UnreadAnswerNote
from milepost.cli.commands.doctor.findings import Finding
from milepost.cli.output.moments import say_since
from milepost.cli.processes.data_folder import find_running
from milepost.cli.processes.own_database import (
    do_in_database,
    find_database_in_use,
    find_database_url,
)
from milepost.core.clock import utc_now
from milepost.core.config import Settings
from milepost.core.database import run
from milepost.core.fleet import WorkerState, WorkerView, list_workers
from milepost.core.queue import Place, find_place
from milepost.core.schema import (
    SchemaIsNewer,
    SchemaIsOlder,
    find_schema_problem,
    read_revision,
)
from milepost.submissions.queries import JobState, JobView, list_given_up, list_jobs
from milepost.submissions.tasks import GradeSubmission

_LONGEST_REASON = 300
_LONGEST_JOB = timedelta(minutes=15)  # far beyond what any lab's limits allow


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    workers: list[WorkerView]
    jobs: list[JobView]
    closed: list[ClosedLab]
    given_up: list[str]
    unread: list[UnreadAnswerNote]


def look_at_gradings(settings: Settings) -> Iterator[Finding]:
    """Whether somebody grades, and what a person must fix before it is graded."""
    running = find_running(settings.data_dir.absolute())
    url = find_database_in_use(running, settings) if running else find_database_url(settings)
    if url is None:
        return
    try:
        schema = find_schema_problem(read_revision(url))
        if schema is not None:
            yield _tell_schema(schema)
            return
        found = asyncio.run(do_in_database(url, _look))
    except SQLAlchemyError:
        return
    if found.workers or running is not None:
        yield _look_at_workers(found.place, found.workers)
    yield from _look_at_jobs(found.jobs)
    for lab in found.closed:
        yield Finding(
            "lab",
            lab.slug,
            ready=False,
            detail=f"Closed since {lab.closed_at:%d %B %Y %H:%M} UTC. {_short(lab.reason)}",
            fix="Fix its files and start Milepost again, which publishes a new version; "
            f"or take submissions again as it is: milepost labs reopen {lab.slug}",
        )
    for slug, notes in groupby(sorted(found.unread, key=_lab_of), key=_lab_of):
        names = ", ".join(note.check_name for note in notes)
        yield Finding(
            "lab",
            slug,
            ready=True,
            detail=f"Could not read every answer, which counted as failed: {names}. "
            f"For its author: milepost labs reports {slug}",
        )
    if found.given_up:
        count = len(found.given_up)
        yield Finding(
            "grading",
            "1 submission" if count == 1 else f"{count:,} submissions",
            ready=False,
            detail=f"Could not be graded. The latest reason: {_short(found.given_up[-1])}",
            fix="Once that is fixed: milepost regrade",
        )


async def _look(session: AsyncSession) -> _Found:
    return _Found(
        place=await find_place(partial(run, session), GradeSubmission),
        workers=await list_workers(session),
        jobs=await list_jobs(session),
        closed=await list_closed_labs(session),
        given_up=await list_given_up(session),
        unread=await list_unread_answers(session),
    )


def _tell_schema(problem: SchemaIsOlder | SchemaIsNewer) -> Finding:
    older = isinstance(problem, SchemaIsOlder)
    fix = "milepost migrate" if older else "Update this Milepost, or use another database."
    return Finding("service", "schema", ready=False, detail=problem.message, fix=fix)


def _look_at_workers(place: Place, workers: list[WorkerView]) -> Finding:
    if not any(worker.state is not WorkerState.LOST for worker in workers):
        detail = "No worker is running, so submissions wait."
        fix = "Start one: milepost worker"
    elif not place.slots and any(worker.state is WorkerState.RESTING for worker in workers):
        detail = "The workers rest after faults, so submissions wait; they try again by themselves."
        fix = "milepost workers says what went wrong."
    elif not place.slots:
        states = ", ".join(f"{worker.name} is {worker.state}" for worker in workers)
        detail = f"No worker takes jobs, so submissions wait: {states}."
        fix = "milepost workers"
    else:
        detail = f"{place.slots} at once, {place.running} being graded"
        fix = ""
    return Finding("grading", "workers", ready=not fix, detail=detail, fix=fix)


def _look_at_jobs(jobs: list[JobView]) -> Iterator[Finding]:
    """Tell of the job that runs longest, and of those that no worker can do."""
    running = [job for job in jobs if job.state is JobState.RUNNING]
    if running:
        oldest = min(running, key=lambda job: job.since)
        is_late = utc_now() - oldest.since > _LONGEST_JOB
        what = f"{oldest.lab} in {oldest.stack}" if oldest.lab else oldest.task
        yield Finding(
            "grading",
            "oldest running job",
            ready=not is_late,
            detail=f"job {oldest.id}, {what}, for {say_since(oldest.since)} on {oldest.worker}",
            fix=f"milepost jobs cancel {oldest.id}" if is_late else "",
        )
    resting = [job for job in jobs if job.state is JobState.RESTING]
    if resting:
        yield Finding(
            "grading",
            "resting workers",
            ready=False,
            detail=f"{len(resting):,} wait for workers that rest after faults, and try again by "
            "themselves.",
            fix="milepost workers says what went wrong.",
        )
    stuck = [job for job in jobs if job.state is JobState.STUCK]
    if stuck:
        lacking = sorted({need for job in stuck for need in job.lacking})
        yield Finding(
            "grading",
            "waiting jobs",
            ready=False,
            detail=f"{len(stuck):,} wait for a worker that has {', '.join(lacking) or 'slots'}.",
            fix="milepost workers says what each can do, and milepost jobs what waits.",
        )


def _lab_of(note: UnreadAnswerNote) -> str:
    return note.lab


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"

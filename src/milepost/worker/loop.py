"""The worker's life: connect, become present, take jobs until told to stop.

It ends with an error when the database is lost: whoever started it starts it again, and a fresh
process is simpler to be sure of than a repaired one. One that others took for dead begins anew.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

from milepost.core.config import Settings
from milepost.core.database import Database, choose_connection, to_psycopg_url
from milepost.core.listening import ListeningConnection
from milepost.engine import Engine, Grader
from milepost.grading.types import TaskContext
from milepost.worker.abilities import Look, look_with
from milepost.worker.condition import Condition
from milepost.worker.handlers import register_handlers, register_schedule
from milepost.worker.jobs import FleetJobManager
from milepost.worker.presence import Presence, Trouble, WorkerStruckOff

_CONCURRENCY = 2
_SWEEP_SECONDS = 1.0
_BEATS_A_LEASE = 6
_GRACE_SECONDS = 5.0
_CONNECT_SECONDS = 5.0  # a worker that waits longer would hang when the database is gone

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Worker:
    """What the parts of a worker's life share."""

    app: App
    presence: Presence
    condition: Condition
    lease_seconds: float


async def run_worker(settings: Settings, *, database_url: str) -> None:
    """Grade with the real engine until SIGINT or SIGTERM."""
    runtime_dir = settings.data_dir.absolute() / "run" / "engine"
    runtime_dir.mkdir(parents=True, exist_ok=True)
    async with Engine(
        runtime_dir=runtime_dir, stacks_dir=settings.stacks_dir, tier=settings.isolation
    ) as engine:
        await serve_queue(
            database_url,
            grader=engine,
            labs_dir=settings.data_dir.absolute() / "run" / "labs",
            look=look_with(settings.isolation, settings.stacks_dir),
            lease_seconds=settings.worker_lease_seconds,
        )


async def serve_queue(
    database_url: str, *, grader: Grader, labs_dir: Path, look: Look, lease_seconds: float = 30.0
) -> None:
    """Take jobs and grade them with `grader` until a signal to stop arrives.

    Only those are taken that the machine can do, as `look` finds it now and then.
    """
    condition = Condition(look)
    while True:
        try:
            await _serve(database_url, grader, labs_dir, condition, lease_seconds)
        except WorkerStruckOff:
            log.warning("worker_begins_anew")
        else:
            return


async def _serve(
    database_url: str, grader: Grader, labs_dir: Path, condition: Condition, lease_seconds: float
) -> None:
    async with AsyncExitStack() as stack:
        database = Database(database_url)
        stack.push_async_callback(database.aclose)
        presence = Presence(database_url, slots=_CONCURRENCY, lease_seconds=lease_seconds)
        stack.push_async_callback(presence.aclose)
        await presence.open()

        app = App(connector=_make_connector(database_url))
        app.job_manager = FleetJobManager(app, presence, condition)
        context = TaskContext(database=database, grader=grader, labs_dir=labs_dir)
        register_handlers(app, context, condition)
        register_schedule(app, context)
        await stack.enter_async_context(app.open_async())
        await _work(_Worker(app, presence, condition, lease_seconds))


def _make_connector(database_url: str) -> PsycopgConnector:
    """Return the queue's connections: a statement is one message there and one back.

    Each commits by itself, and no connection is asked whether it lives before it is used: a worker
    whose database was lost ends anyway.
    """
    return PsycopgConnector(
        pool_factory=_make_pool,
        connection_class=ListeningConnection,
        conninfo=to_psycopg_url(database_url),
        kwargs=dict(choose_connection(database_url)),
        configure=_commit_by_itself,
        min_size=_CONCURRENCY,
        max_size=4,
        timeout=_CONNECT_SECONDS,
    )


def _make_pool(*, check: object, **options: Any) -> AsyncConnectionPool:
    del check
    return AsyncConnectionPool(**options)


async def _commit_by_itself(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)


async def _work(worker: _Worker) -> None:
    """Serve the queue and sweep it until a signal; an error in either ends both, and is raised."""
    log.info("worker_started")
    sweep = asyncio.create_task(_sweep_forever(worker))
    run = asyncio.create_task(
        worker.app.run_worker_async(
            concurrency=_CONCURRENCY,
            fetch_job_polling_interval=_SWEEP_SECONDS,
            update_heartbeat_interval=worker.lease_seconds / _BEATS_A_LEASE,
            shutdown_graceful_timeout=_GRACE_SECONDS,
        )
    )
    try:
        done, _ = await asyncio.wait({sweep, run}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sweep.cancel()
        run.cancel()
        await asyncio.gather(sweep, run, return_exceptions=True)
    for task in done:
        task.result()
    log.info("worker_stopped")


async def _sweep_forever(worker: _Worker) -> None:
    while True:
        trouble = await worker.presence.look()
        await worker.presence.announce(await worker.condition.find_abilities())
        if any(trouble):
            await _put_right(worker.presence, trouble)
        await asyncio.sleep(_SWEEP_SECONDS)


async def _put_right(presence: Presence, trouble: Trouble) -> None:
    try:
        if trouble.has_dead:
            await presence.strike_off_dead()
        if trouble.has_dead or trouble.has_orphans:
            await presence.rescue_orphans()
        if trouble.has_far_off:
            await presence.bring_forward()
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        # A process that hangs holds a row until PostgreSQL ends its transaction, soon.
        log.warning("take_over_waits")

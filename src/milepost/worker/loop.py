"""The worker's life: connect, become present, take jobs until told to stop.

It ends with an error when the database is lost: whoever started it starts it again, and a fresh
process is simpler to be sure of than a mended one.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
from procrastinate import App, PsycopgConnector

from milepost.core.config import Settings
from milepost.core.database import Database, to_psycopg_url
from milepost.engine import Engine
from milepost.grading.types import Grader, TaskContext
from milepost.worker.handlers import register_handlers, register_schedule
from milepost.worker.presence import Presence, PresentJobManager, bring_forward, rescue_orphans

_CONCURRENCY = 2
_SWEEP_SECONDS = 1.0
_HEARTBEAT_SECONDS = 5.0
_LOST_HOST_SECONDS = 30.0
_GRACE_SECONDS = 5.0
_CONNECT_SECONDS = 5.0  # a worker that waits longer would hang when the database is gone

log = structlog.get_logger(__name__)


async def run_worker(settings: Settings, *, database_url: str) -> None:
    """Grade with the real engine until SIGINT or SIGTERM."""
    runtime_dir = settings.data_dir.absolute() / "run" / "engine"
    runtime_dir.mkdir(parents=True, exist_ok=True)
    async with Engine(
        runtime_dir=runtime_dir, stacks_dir=settings.stacks_dir, tier=settings.isolation
    ) as engine:
        await serve_queue(
            database_url, grader=engine, labs_dir=settings.data_dir.absolute() / "run" / "labs"
        )


async def serve_queue(database_url: str, *, grader: Grader, labs_dir: Path) -> None:
    """Take jobs and grade them with `grader` until a signal to stop arrives."""
    async with AsyncExitStack() as stack:
        database = Database(database_url)
        stack.push_async_callback(database.aclose)
        presence = Presence(database_url, slots=_CONCURRENCY)
        stack.push_async_callback(presence.aclose)
        await presence.open()

        app = App(
            connector=PsycopgConnector(
                conninfo=to_psycopg_url(database_url), max_size=4, timeout=_CONNECT_SECONDS
            )
        )
        app.job_manager = PresentJobManager(app, presence)
        context = TaskContext(database=database, grader=grader, labs_dir=labs_dir)
        register_handlers(app, context)
        register_schedule(app, context)
        await stack.enter_async_context(app.open_async())
        await _work(app, presence)


async def _work(app: App, presence: Presence) -> None:
    """Serve the queue and sweep it until a signal; an error in either ends both, and is raised."""
    log.info("worker_started")
    sweep = asyncio.create_task(_sweep_forever(app, presence))
    run = asyncio.create_task(
        app.run_worker_async(
            concurrency=_CONCURRENCY,
            fetch_job_polling_interval=_SWEEP_SECONDS,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            stalled_worker_timeout=_LOST_HOST_SECONDS,
            shutdown_graceful_timeout=_GRACE_SECONDS,
        )
    )
    done, unfinished = await asyncio.wait({sweep, run}, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
    for task in done:
        task.result()
    log.info("worker_stopped")


async def _sweep_forever(app: App, presence: Presence) -> None:
    while True:
        await rescue_orphans(app, presence)
        await bring_forward(app)
        await asyncio.sleep(_SWEEP_SECONDS)

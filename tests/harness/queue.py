"""The queue as tests see it: which jobs are there, and a real worker for as long as needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from fakes.machine import ABLE
from milepost.core.database import Database, to_psycopg_url
from milepost.engine import Grader
from milepost.grading.types import TaskContext
from milepost.worker.abilities import Abilities
from milepost.worker.handlers import Watcher, register_handlers
from milepost.worker.presence import Presence

_POLLING_SECONDS = 0.05


@dataclass(frozen=True)
class Job:
    """One row of the queue."""

    task: str
    status: str
    payload: dict[str, Any]


class Queue:
    """The jobs of this test's database, and a way to have them done."""

    def __init__(self, database: Database, labs_dir: Path) -> None:
        self._database = database
        self._labs_dir = labs_dir

    async def jobs(self) -> list[Job]:
        """Return every job that was ever queued in this test, oldest first."""
        async with self._database.transaction() as session:
            rows = await session.execute(
                text("SELECT task_name, status::text, args FROM procrastinate_jobs ORDER BY id")
            )
            return [Job(*row) for row in rows]

    async def work(self, grader: Grader, watcher: Watcher | None = None) -> None:
        """Do every job that is waiting, with this grader, and return when none is left."""
        async with self._app(grader, watcher) as app:
            await app.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1
            )

    @asynccontextmanager
    async def working(self, grader: Grader) -> AsyncIterator[None]:
        """Have a worker do jobs as they come, until the block ends."""
        async with self._app(grader) as app:
            worker = asyncio.create_task(
                app.run_worker_async(
                    install_signal_handlers=False,
                    fetch_job_polling_interval=_POLLING_SECONDS,
                    shutdown_graceful_timeout=1,
                )
            )
            try:
                yield
            finally:
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker

    @asynccontextmanager
    async def _app(self, grader: Grader, watcher: Watcher | None = None) -> AsyncIterator[App]:
        url = to_psycopg_url(self._database.url)
        app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        register_handlers(app, TaskContext(self._database, grader, self._labs_dir), watcher)
        async with app.open_async():
            yield app


@asynccontextmanager
async def present_worker(
    database: Database, *, slots: int = 1, abilities: Abilities = ABLE
) -> AsyncIterator[int]:
    """Have a worker that is there, and takes nothing; yield its number."""
    presence = Presence(database.url, slots=slots)
    async with database.transaction() as session:
        worker_id = await session.scalar(
            text("SELECT worker_id FROM procrastinate_register_worker_v1()")
        )
    try:
        await presence.open()
        await presence.hold(worker_id, abilities)
        yield worker_id
    finally:
        await presence.aclose()

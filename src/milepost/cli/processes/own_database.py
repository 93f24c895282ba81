"""The database of the Milepost that an operator's command means, and work in it.

These commands need no login: whoever may read the database's address may do this. Invariant: what
a command does is one transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.data_folder import RunningServer
from milepost.cli.processes.settings import find_settings
from milepost.core.addresses import describe_postgres
from milepost.core.config import Settings
from milepost.core.database import Database
from milepost.core.schema import require_current_schema
from milepost.embedded import EmbeddedPostgres, find_running_dsn

Answer = TypeVar("Answer")


def find_database_url(settings: Settings) -> str | None:
    """Return the database that is named, or the private one if it runs."""
    return settings.database_url or find_running_dsn(settings.data_dir.absolute() / "postgres")


def find_database_in_use(running: RunningServer, settings: Settings) -> str | None:
    """Return the database of a Milepost that runs here, or None if this shell does not name it.

    What another shell names is not asked: it may be another installation's.
    """
    if not running.database:
        return find_running_dsn(settings.data_dir.absolute() / "postgres")
    named = settings.database_url
    return named if named and describe_postgres(named) == running.database else None


def require_database_url(settings: Settings) -> str:
    """Return the database that is named, or the private one; end the command if neither is."""
    url = find_database_url(settings)
    if url is None:
        fail_used_wrongly(
            f"No Milepost runs on {settings.data_dir.absolute()}, so nothing was changed.",
            "Start it with `milepost up`, or name its data folder with --data.",
        )
    return url


def do_in_own_database(
    data: Path | None, work: Callable[[AsyncSession], Awaitable[Answer]]
) -> Answer:
    """Do `work` in the database of the Milepost on this machine, and return its answer."""
    url = require_database_url(find_settings(data))
    require_current_schema(url)
    return asyncio.run(do_in_database(url, work))


@contextmanager
def reach_database(settings: Settings) -> Iterator[str]:
    """Yield the database that is named, or the private one, which is started if it does not run."""
    running = find_database_url(settings)
    if running is not None:
        yield running
        return
    with EmbeddedPostgres(settings.data_dir.absolute() / "postgres") as server:
        yield server.dsn


async def do_in_database(url: str, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    """Do `work` in one transaction of this database."""
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as session:
            return await work(session)
    finally:
        await database.aclose()

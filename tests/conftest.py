"""The fixtures that every test may ask for: a clean database, the application, what fills it.

Everything in a test is real but what `fakes` holds. A test starts with empty tables; its work may
be committed by any number of connections and processes.
"""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from factories import Make
from harness.live_server import serve
from harness.mariadb import skip_without_mariadb
from harness.network import block_outside_network
from harness.postgres import PostgresServer, share_postgres
from harness.queries import count_statements
from harness.queue import Queue
from harness.terminal import Terminal
from harness.tiers import refusals_skip, skip_without_tier
from harness.visitor import Visitor
from milepost.core.config import Settings
from milepost.core.database import Database

_EMPTY_TABLES = """
    DO $$ BEGIN
        EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY'
            FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        );
    END $$
"""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of bytes by their length.

    Bytes may hold the time at which they were made (an archive's do), and pytest-xdist refuses to
    run tests whose names its processes don't agree on.
    """
    return f"{argname}: {len(val)} bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Leave out what this machine has no tier for."""
    skip_without_tier(item)
    skip_without_mariadb(item)
    with refusals_skip():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Leave out what turns out to ask for more than this machine's tier."""
    with refusals_skip():
        yield


@pytest.fixture(scope="session", autouse=True)
def can_be_interrupted() -> None:
    """Undo what a shell does to what it starts in the background: ignore Ctrl-C, for good.

    Whatever these tests start would inherit it, and could not be ended by the Ctrl-C they send.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_environment() -> Iterator[None]:
    """Keep the developer's settings and network out of every test."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in os.environ:
            if name.startswith("MILEPOST_") and name != "MILEPOST_CHROMIUM":
                monkeypatch.delenv(name)
        block_outside_network(monkeypatch)
        yield


@pytest.fixture(scope="session", autouse=True)
def others_may_pass(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let other accounts walk through the folders that pytest has made, and look into none.

    Where namespaces are blocked, root's PostgreSQL runs as one of them.
    """
    own = tmp_path_factory.getbasetemp()
    for folder in (own, own.parent, own.parent.parent):  # of this process, of the run, of all runs
        if folder == own or folder.name.startswith("pytest-"):
            folder.chmod(0o711)


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """Give the temporary folder of this test, through which other accounts may walk too."""
    tmp_path.chmod(0o711)
    return tmp_path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The one PostgreSQL of this test run."""
    own = tmp_path_factory.getbasetemp()
    of_the_run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with share_postgres(of_the_run / "postgres") as server:
        yield server


@pytest.fixture(scope="session")
def database_name() -> str:
    """The name of this process's own database."""
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(scope="session")
def database_url(postgres: PostgresServer, database_name: str) -> Iterator[str]:
    """This process's own database, with every table and no row."""
    yield postgres.clone(database_name)
    postgres.drop(database_name)


@pytest.fixture(scope="session")
async def open_database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.aclose()


@pytest.fixture
async def database(open_database: Database) -> Database:
    """The database, emptied before the test."""
    async with open_database.transaction() as session:
        await session.execute(text(_EMPTY_TABLES))
    return open_database


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation that is this process's own."""
    home = tmp_path_factory.mktemp("installation")
    (home / "content").mkdir()
    (home / "data").mkdir()
    return Settings(
        database_url=database_url,
        data_dir=home / "data",
        content_dir=home / "content",
        log_level="WARNING",
    )


@pytest.fixture
def content_dir(settings: Settings) -> Path:
    """The installation's content folder, emptied before the test."""
    shutil.rmtree(settings.content_dir)
    settings.content_dir.mkdir()
    return settings.content_dir


@pytest.fixture
def make(database: Database, content_dir: Path) -> Make:
    """What makes everything that a test needs: `await make.learner()`."""
    return Make(database, content_dir)


@pytest.fixture
def queue(database: Database, settings: Settings) -> Queue:
    """The queue: `await queue.jobs()`, and `await queue.work(grader)` to have them done."""
    return Queue(database, settings.data_dir / "run" / "labs")


@pytest.fixture(scope="session")
async def running_app(settings: Settings) -> AsyncIterator[FastAPI]:
    from milepost.main import create_app, lifespan

    app = create_app(settings)
    async with lifespan(app):
        yield app


@pytest.fixture
def app(running_app: FastAPI, database: Database) -> FastAPI:
    """The whole application, running in this process on an empty database."""
    assert database is not None
    return running_app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Visitor]:
    """Nobody in particular at the HTTP door; `client.log_in(learner)` is a learner's browser."""
    async with AsyncExitStack() as visitors:
        yield await visitors.enter_async_context(Visitor(app, visitors=visitors))


@pytest.fixture
def count_queries(app: FastAPI) -> Callable[[], AbstractContextManager[list[str]]]:
    """Counts what the application asks the database: `with count_queries() as count: …`."""
    assert app is not None
    return count_statements


@pytest.fixture
def outage(
    postgres: PostgresServer, database_name: str, database: Database
) -> AbstractContextManager[None]:
    """A while without the database: `with outage: …`."""
    assert database is not None
    return postgres.outage(database_name)


@pytest.fixture(scope="session")
def running_server(settings: Settings) -> Iterator[str]:
    assert settings.database_url is not None
    with serve(
        settings.database_url, data_dir=settings.data_dir, content_dir=settings.content_dir
    ) as url:
        yield url


@pytest.fixture
def live_server(running_server: str, database: Database) -> str:
    """The URL of the shipped web server, in a process of its own, on an empty database."""
    assert database is not None
    return running_server


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal that knows no server yet: `await terminal.run("labs")`."""
    return Terminal(tmp_path)


@pytest.fixture
def operate(terminal, settings):
    """Runs a command as whoever runs this Milepost: `await operate("regrade")`."""

    async def operate(*arguments):
        return await terminal.run(
            *arguments,
            MILEPOST_DATABASE_URL=settings.database_url,
            MILEPOST_DATA_DIR=str(settings.data_dir),
            MILEPOST_CONTENT_DIR=str(settings.content_dir),
        )

    return operate

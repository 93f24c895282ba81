"""One PostgreSQL for a whole test run, and a database of its own for every test process.

The first process that needs it starts it; it stops it only after all others have ended. The
template is migrated once by the real migrations; each process clones it in some 15 ms.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from milepost.core.schema import upgrade_schema
from milepost.embedded import EmbeddedPostgres, find_running_dsn

_TEMPLATE = "milepost_template"


@dataclass(frozen=True)
class PostgresServer:
    """The run's server: addresses of its databases, as the application's role and as admin."""

    dsn: str
    admin_dsn: str

    def url_of(self, database: str) -> str:
        return make_url(self.dsn).set(database=database).render_as_string(hide_password=False)

    def clone(self, database: str) -> str:
        """Make a database from the template, as no other code could tell from a migrated one."""
        with self.administer() as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER milepost STRATEGY file_copy").format(
                    name, sql.Identifier(_TEMPLATE)
                )
            )
        return self.url_of(database)

    def create_empty(self, database: str) -> str:
        """Make a database without any table."""
        with self.administer() as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER milepost").format(name))
        return self.url_of(database)

    def drop(self, database: str) -> None:
        with self.administer() as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    @contextmanager
    def outage(self, database: str) -> Iterator[None]:
        """Cut every connection to one database and refuse new ones, until the block ends."""
        with self.administer() as connection:
            self._allow_connections(connection, database, allowed=False)
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (database,),
            )
            try:
                yield
            finally:
                self._allow_connections(connection, database, allowed=True)

    @contextmanager
    def administer(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            yield connection

    @staticmethod
    def _allow_connections(connection: psycopg.Connection, name: str, *, allowed: bool) -> None:
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.Literal(allowed)
            )
        )


@contextmanager
def share_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Yield the server of this test run, starting it if this process is the first."""
    folder.mkdir(mode=0o711, exist_ok=True)
    with _locked(folder / "users", fcntl.LOCK_SH) as users:
        with _locked(folder / "starting", fcntl.LOCK_EX):
            running = find_running_dsn(folder / "server")
            started = None if running else _start(folder)
        dsn = running or (started.dsn if started else "")
        try:
            yield PostgresServer(dsn, (folder / "admin-dsn").read_text())
        finally:
            if started is not None:
                fcntl.flock(users, fcntl.LOCK_EX)  # waits until nobody else uses it
                started.stop()
                shutil.rmtree(folder / "server")


def _start(folder: Path) -> EmbeddedPostgres:
    postgres = EmbeddedPostgres(folder / "server", durable=False)
    postgres.start()
    try:
        (folder / "admin-dsn").write_text(postgres.admin_dsn)
        server = PostgresServer(postgres.dsn, postgres.admin_dsn)
        upgrade_schema(server.create_empty(_TEMPLATE))
    except BaseException:
        postgres.stop()
        raise
    return postgres


@contextmanager
def _locked(path: Path, how: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield descriptor
    finally:
        os.close(descriptor)

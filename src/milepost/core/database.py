"""The database: one engine a process, sessions, transactions and the naming of constraints.

Only this module and the worker commit. A statement waits at most ten seconds for a lock, so
that a stuck transaction is an error one can see rather than a page that never comes; and what a
process that hangs, or a host that is gone, has begun is undone within half a minute.
"""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar, Final, TypedDict

import psycopg
from sqlalchemy import MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, AdaptedConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import DateTime

from milepost.core.addresses import add_options, parse_postgres_url, plain_postgres_url
from milepost.core.reads import Reader
from milepost.core.statements import Statement


class _Connection(TypedDict):
    connect_timeout: int
    keepalives: int
    keepalives_idle: int
    keepalives_interval: int
    keepalives_count: int
    tcp_user_timeout: int
    options: str


# Of every lasting connection, in libpq's words; seconds, but for tcp_user_timeout. What begins with
# `-c` holds for the server's side of it. Over a unix socket, what is about TCP has no effect.
CONNECTION: Final[_Connection] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=25s",
}


def choose_connection(url: str) -> _Connection:
    """Return what holds for every lasting connection, with the options that the URL brings."""
    return {**CONNECTION, "options": add_options(url, CONNECTION["options"])}


class Base(DeclarativeBase):
    """The base of every model. Times carry their zone; constraints have predictable names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
    }


def to_sqlalchemy_url(url: str) -> URL:
    """Return a PostgreSQL URL with the driver that the whole platform uses, psycopg 3.

    What libpq read is handed over part by part: SQLAlchemy reads and writes URLs differently (it
    writes a space in a password as it is, which libpq refuses).
    """
    parts = parse_postgres_url(url)
    return URL.create(
        "postgresql+psycopg",
        username=parts.pop("user", None),
        password=parts.pop("password", None),
        database=parts.pop("dbname", None),
        query=parts,
    )


def to_psycopg_url(url: str) -> str:
    """Return a PostgreSQL URL as libpq and psycopg take it."""
    return plain_postgres_url(url)


class Database:
    """The ways to the database: transactions, and reads that need none.

    Transactions share `pool_size` connections; who finds none free for ten seconds gets a
    `sqlalchemy.exc.TimeoutError`. More would hardly be served sooner by one process, and each
    costs a handshake and a server process that knows no table yet. Never begin a transaction
    inside another: there may be no second connection. Reads have connections of their own.
    """

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self.url = url
        connection = choose_connection(url)
        self.engine: AsyncEngine = create_async_engine(
            to_sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,  # those that are used are those that know the tables
            hide_parameters=True,  # an error that is logged must not quote what somebody sent
            connect_args={**connection},
        )
        event.listen(self.engine.sync_engine, "checkout", _require_open)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.reader = Reader(to_psycopg_url(url), {**connection})

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session whose work is committed at the end, or rolled back on an error."""
        async with self._sessions() as session:
            yield session
            await session.commit()

    async def aclose(self) -> None:
        """Close every connection."""
        await self.reader.aclose()
        await self.engine.dispose()


async def run(
    session: AsyncSession, statement: Statement, **parameters: Any
) -> list[tuple[Any, ...]]:
    """Run a prepared statement in the session's transaction, and return its rows."""
    return await statement.run(await driver_connection(session), parameters)


def _require_open(adapted: AdaptedConnection, *_: object) -> None:
    """Have the pool replace its connections if the server has closed this one meanwhile.

    A server that ends a connection leaves something to read on it. So no message has to be sent
    and waited for, as `pool_pre_ping` does at every checkout.
    """
    told = select.poll()
    told.register(adapted.driver_connection.fileno(), select.POLLIN)
    if told.poll(0):
        raise InvalidatePoolError


async def driver_connection(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """Return the psycopg connection that the session's transaction runs on."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError("The platform's database driver is psycopg 3.")
    return driver

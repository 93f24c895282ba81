"""Reads of a single statement, outside any transaction: what nearly every request begins with.

A statement is compiled once and prepared once a connection, and its connections commit by
themselves, so a read is one message to PostgreSQL and one back: a fifth of what the same read
costs through a session. Nothing is written here, and a read that found its connection dead is
repeated on a fresh one, because repeating a read is safe.
"""

import asyncio
from typing import Any

import psycopg
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect

_MOST_CONNECTIONS = 8
_DIALECT: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]


class Read:
    """A statement with named parameters, compiled from SQLAlchemy's terms when it is made."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}

    def bind(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return every parameter of the statement: those that it brings, and these."""
        return self._constants | parameters


class Reader:
    """The connections that reads run on, opened as they are needed and kept."""

    def __init__(self, conninfo: str, options: dict[str, Any]) -> None:
        self._conninfo = conninfo
        self._options = options
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def find_row(self, read: Read, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None. A database that is away raises `OperationalError`."""
        rows = await self.list_rows(read, **parameters)
        return rows[0] if rows else None

    async def list_rows(self, read: Read, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return all rows. A database that is away raises `OperationalError`."""
        async with self._room:
            try:
                return await self._try(read, parameters)
            except psycopg.OperationalError:
                # A restarted server leaves dead connections behind; a fresh one knows better.
                await self.aclose()
                return await self._try(read, parameters)

    async def aclose(self) -> None:
        """Close every connection that nobody uses at this moment."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def _try(self, read: Read, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        connection = self._idle.pop() if self._idle else await self._connect()
        try:
            cursor = await connection.execute(read.sql, read.bind(parameters), prepare=True)
            rows: list[tuple[Any, ...]] = await cursor.fetchall()
        except BaseException:  # cancelled, too: the answer to an earlier read may be on its way
            await connection.close()
            raise
        self._idle.append(connection)
        return rows

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, **self._options
        )

"""Reads of a single statement, outside any transaction: what nearly every request begins with.

A statement is prepared once a connection, and the connections commit by themselves, so a read is
one message to PostgreSQL and one back: a fifth of what the same read costs through a session.
Nothing is written here, and a read that found its connection dead is repeated on a fresh one,
because repeating a read is safe.
"""

import asyncio
from typing import Any

import psycopg

from milepost.core.statements import Statement

_MOST_CONNECTIONS = 8


class Reader:
    """The connections that reads run on, opened as they are needed and kept."""

    def __init__(self, conninfo: str, options: dict[str, Any]) -> None:
        self._conninfo = conninfo
        self._options = options
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def find_row(self, read: Statement, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None. A database that is away raises `OperationalError`."""
        rows = await self.list_rows(read, **parameters)
        return rows[0] if rows else None

    async def list_rows(self, read: Statement, **parameters: Any) -> list[tuple[Any, ...]]:
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

    async def _try(self, read: Statement, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        connection = self._idle.pop() if self._idle else await self._connect()
        try:
            rows = await read.run(connection, parameters)
        except BaseException:  # cancelled, too: the answer to an earlier read may be on its way
            await connection.close()
            raise
        self._idle.append(connection)
        return rows

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, **self._options
        )

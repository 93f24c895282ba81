"""Reads of a single statement, outside any transaction: what nearly every request begins with.

A statement is prepared once a connection, and the connections commit by themselves, so a read is
one message to PostgreSQL and one back: a fifth of what the same read costs through a session.
Nothing is written here, and a read that found its connection dead is repeated on a fresh one,
because repeating a read is safe.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, TypeAlias

import psycopg

from milepost.core.statements import Statement

_MOST_CONNECTIONS = 8
_Row: TypeAlias = tuple[Any, ...]


class Reader:
    """The connections that reads run on, opened as they are needed and kept."""

    def __init__(self, conninfo: str, options: dict[str, Any]) -> None:
        self._conninfo = conninfo
        self._options = options
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)
        self._lookups: dict[Statement, _Lookups] = {}

    async def find_row(self, read: Statement, **parameters: Any) -> _Row | None:
        """Return the first row, or None. A database that is away raises `OperationalError`."""
        rows = await self.list_rows(read, **parameters)
        return rows[0] if rows else None

    async def find_by_key(self, read: Statement, key: Hashable) -> _Row | None:
        """Return the row of a key, or None. `read` takes `keys`, and returns each row's key first.

        Under load, requests that come while such a read runs share the next one.
        """
        if read not in self._lookups:
            self._lookups[read] = _Lookups(partial(self.list_rows, read))
        return await self._lookups[read].find(key)

    async def list_rows(self, read: Statement, /, **parameters: Any) -> list[_Row]:
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

    async def _try(self, read: Statement, parameters: dict[str, Any]) -> list[_Row]:
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


class _Lookups:
    """Look-ups by one statement: those that come while one runs are made together by the next.

    A read begins after every key in it was asked for, so nobody is told anything older than if
    they had read alone.
    """

    def __init__(self, load: Callable[..., Awaitable[list[_Row]]]) -> None:
        self._load = load
        self._asked: dict[Hashable, asyncio.Future[_Row | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def find(self, key: Hashable) -> _Row | None:
        """Return the row of this key, or None."""
        row = self._asked.setdefault(key, asyncio.get_running_loop().create_future())
        if self._task is None:
            self._task = asyncio.create_task(self._read_until_none_is_asked())
        return await asyncio.shield(row)  # another may wait for it, too

    async def _read_until_none_is_asked(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                await self._read(asked)
        finally:
            self._task = None

    async def _read(self, asked: dict[Hashable, "asyncio.Future[_Row | None]"]) -> None:
        try:
            rows = {row[0]: row for row in await self._load(keys=[*asked])}
        except BaseException as error:
            for waiting in asked.values():
                waiting.set_exception(error)
                waiting.exception()  # whoever asked may have left
            if not isinstance(error, Exception):
                raise
            return
        for key, waiting in asked.items():
            waiting.set_result(rows.get(key))

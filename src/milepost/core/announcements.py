"""Announcements between processes: PostgreSQL's NOTIFY out, one LISTEN connection in.

An announcement says only *that* something changed, never what: who hears it reads the database.
Missing one therefore costs a moment, not a fact, and a lost connection is fixed by itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import choose_connection, to_psycopg_url
from milepost.core.listening import ListeningConnection

CHANNEL = "milepost"
_RECONNECT_SECONDS = 0.5

log = structlog.get_logger(__name__)


async def announce(session: AsyncSession, topic: str) -> None:
    """Announce `topic` to every listening process once this transaction commits."""
    await session.execute(select(announcement(topic)))


def announcement(topic: str | ColumnElement[str]) -> ColumnElement[None]:
    """The same as a column, for a statement that returns something anyway: one message less."""
    return func.pg_notify(CHANNEL, topic)


class Listener:
    """Wakes the subscribers of a topic when some process announces it."""

    def __init__(self, database_url: str) -> None:
        self._url = to_psycopg_url(database_url)
        self._subscribers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen in the background."""
        self._task = asyncio.create_task(self._listen_forever())

    async def aclose(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[asyncio.Event]:
        """Yield an event that is set at every announcement of these; the caller clears it."""
        event = asyncio.Event()
        for topic in topics:
            self._subscribers[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._subscribers[topic].discard(event)
                if not self._subscribers[topic]:
                    del self._subscribers[topic]

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("announcements_lost", reason=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await ListeningConnection.connect(
            self._url, autocommit=True, **choose_connection(self._url)
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake_everybody()  # something may have been said while nobody listened
            async for notice in connection.notifies():
                for event in self._subscribers.get(notice.payload, ()):
                    event.set()

    def _wake_everybody(self) -> None:
        for events in self._subscribers.values():
            for event in events:
                event.set()

"""A connection that waits without work: for those that listen for hours.

psycopg wakes up ten times a second while it waits for PostgreSQL, so that Ctrl-C is noticed, which
an event loop sees to anyway. On connections that listen, that was most of what an idle process did.
"""

from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import Row

_PATIENCE_SECONDS = 3600.0

_Result = TypeVar("_Result")


class ListeningConnection(psycopg.AsyncConnection[Row]):
    """A psycopg connection that is woken by what arrives, and by nothing else."""

    async def wait(
        self,
        gen: PQGen[_Result],
        interval: float = _PATIENCE_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109  psycopg's own
    ) -> _Result:
        """Run one of psycopg's operations to its end."""
        return await super().wait(gen, interval, timeout)

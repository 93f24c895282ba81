"""Counting statements, so that a page's query budget can be asserted."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from psycopg import AsyncCursor

_execute = AsyncCursor.execute


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Yield a list that grows by every statement that this process asks a database.

    They are caught in the driver, so it does not matter which way the application took to it.
    """
    statements: list[str] = []

    async def remember(cursor, query, *arguments, **options):
        statements.append(str(query))
        return await _execute(cursor, query, *arguments, **options)

    with patch.object(AsyncCursor, "execute", remember):
        yield statements

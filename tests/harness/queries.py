"""Counting statements, so that a page's query budget can be asserted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from psycopg import AsyncCursor

_execute = AsyncCursor.execute
_OF_A_NEW_CONNECTION = re.compile(
    r"select (pg_catalog\.version|current_schema)\(\)|show (standard_|transaction )|.*FROM pg_type",
    re.DOTALL,
)


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Yield a list that grows by every statement that this process asks a database.

    They are caught in the driver, so it does not matter which way the application took to it. What
    SQLAlchemy asks a new connection about the server is left out.
    """
    statements: list[str] = []

    async def remember(cursor, query, *arguments, **options):
        if not _OF_A_NEW_CONNECTION.match(str(query)):
            statements.append(str(query))
        return await _execute(cursor, query, *arguments, **options)

    with patch.object(AsyncCursor, "execute", remember):
        yield statements

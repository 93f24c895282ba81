"""Counting statements, so that a page's query budget can be asserted."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sqlalchemy import event

from milepost.core.database import Database
from milepost.core.reads import Read


class QueryCount:
    """Collects the statements that a database is asked within a block."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.sync_engine
        self._reader = database.reader

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        """Yield a list that grows by every statement."""
        statements: list[str] = []
        find_row = self._reader.find_row

        def remember(_connection, _cursor, statement, _parameters, _context, _many) -> None:
            statements.append(statement)

        async def remember_read(read: Read, **parameters):
            statements.append(read.sql)
            return await find_row(read, **parameters)

        event.listen(self._engine, "before_cursor_execute", remember)
        try:
            with patch.object(self._reader, "find_row", remember_read):
                yield statements
        finally:
            event.remove(self._engine, "before_cursor_execute", remember)

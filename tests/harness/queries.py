"""Counting statements, so that a page's query budget can be asserted."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class QueryCount:
    """Collects the statements that an engine runs within a block."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        """Yield a list that grows by every statement."""
        statements: list[str] = []

        def remember(_connection, _cursor, statement, _parameters, _context, _many) -> None:
            statements.append(statement)

        event.listen(self._engine, "before_cursor_execute", remember)
        try:
            yield statements
        finally:
            event.remove(self._engine, "before_cursor_execute", remember)

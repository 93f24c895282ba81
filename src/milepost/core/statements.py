"""Statements that run often, written once: as SQL, or in SQLAlchemy's terms.

SQLAlchemy builds, compares and unpacks a statement at every use, which costs ten times what
PostgreSQL takes to run a small one. These are compiled when a module is loaded, prepared once a
connection, and return plain tuples. Values go in as psycopg takes them: enums as their strings.
"""

from enum import Enum
from typing import Any, Protocol

import psycopg
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect

_DIALECT: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]


class Ask(Protocol):
    """A way to run a statement: in a session's transaction, or as a read by itself."""

    async def __call__(self, statement: "Statement", /, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the statement's rows."""


class Statement:
    """A statement with named parameters: `%(name)s` in SQL, `bindparam("name")` in terms."""

    def __init__(self, written: ClauseElement | str) -> None:
        self._constants: dict[str, Any] = {}
        if isinstance(written, str):
            self.sql = written
            return
        compiled = written.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._constants = {
            name: value.value if isinstance(value, Enum) else value
            for name, value in compiled.params.items()
            if value is not None
        }

    async def run(
        self, connection: psycopg.AsyncConnection[Any], parameters: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        """Run it in the connection's transaction, and return its rows."""
        values = self._constants | parameters
        cursor = await connection.execute(self.sql, values, prepare=True)
        return await cursor.fetchall() if cursor.description else []

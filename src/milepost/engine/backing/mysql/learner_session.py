"""A session with MariaDB, never waited for or read further than is allowed.

Used for what learners hand in: their statements run here as their user, and whatever the server
answers is data. A session that ended is explained by the engine, which knows why.
"""

import time
from collections.abc import Iterator
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from milepost.engine.backing.mysql import BYTES
from milepost.engine.backing.mysql.connection import (
    FULL,
    OUT_OF_MEMORY,
    Connection,
    is_lost,
    message_of,
    number_of,
)
from milepost.engine.backing.mysql.session import name_command
from milepost.engine.checks.faults import LimitReached, QueryTimedOut
from milepost.engine.checks.rows import Row, Rows
from milepost.engine.checks.statements import Ran, Refusal
from milepost.engine.limits import Limits

_FIRST_ROWS = 5
_CELL_BYTES = 8  # of a value that is no text; and so rows of nothing have an end too


class SessionEnded(Exception):
    """The session is gone."""


class LearnerSession:
    """One session as the learner's user, for statements that have `seconds` together."""

    def __init__(self, connection: Connection, limits: Limits, seconds: float) -> None:
        self._connection = connection
        self._limits = limits
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._read_bytes = 0

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction was begun and has not ended."""
        return self._connection.is_in_transaction

    def set_variables(self, variables: dict[str, Any]) -> None:
        """Give the session variables of its user, such as @year."""
        with self._connection.cursor() as cursor:
            for name, value in variables.items():
                cursor.execute(f"SET @{name} = %s", [value])

    def run(self, statement: str) -> Ran:
        """Run one statement. Raises QueryTimedOut, LimitReached or SessionEnded."""
        self._require_time()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                columns, rows = self._read_all(cursor)
                count = cursor.rowcount if not columns else len(rows)
        except pymysql.Error as error:
            return Ran("", Rows(()), None, self._explain(error))
        return Ran(name_command(statement, count), Rows(columns, rows), count, None)

    def _read_all(self, cursor: Cursor) -> tuple[list[str], list[Row]]:
        """Read the rows of the last result that has some: a procedure may give several."""
        columns: list[str] = []
        loaded: list[Row] = []
        while True:
            if cursor.description is not None:
                columns = [column[0] for column in cursor.description]
                loaded = []
                for row in _rows_of(cursor):
                    loaded.append(row)
                    self._count(row, columns, loaded)
            if not cursor.nextset():
                return columns, loaded

    def _count(self, row: Row, columns: list[str], loaded: list[Row]) -> None:
        self._require_time()
        sizes = (len(v) if isinstance(v, str | bytes) else _CELL_BYTES for v in row)
        self._read_bytes += 1 + sum(sizes)
        if self._read_bytes <= self._limits.output_bytes:
            return
        first = Rows(columns, loaded[:_FIRST_ROWS]).as_table()
        raise LimitReached(
            f"The result is larger than {self._limits.output_bytes // 1024} KiB, so it was not"
            f" read to its end; {len(loaded)} rows had come by then. So many often come from a join"
            " without its condition, which puts each row of one table beside each of the other.",
            limit="output_bytes",
            detail=f"The first rows:\n{first}",
        )

    def _require_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise QueryTimedOut(
                f"The statement was still running after {self._seconds:g} seconds and was stopped.",
                limit="run_seconds",
            )

    def _explain(self, error: pymysql.Error) -> Refusal:
        """Return what the server refused. What is more than that is raised."""
        self._require_time()
        number, message = number_of(error), message_of(error)
        if is_lost(error):
            raise SessionEnded from error
        for numbers, limit in ((FULL, BYTES.name), (OUT_OF_MEMORY, "memory_bytes")):
            if number in numbers:
                raise LimitReached(f"MariaDB stopped it: {message}.", limit=limit)
        return Refusal(message, str(number), "", "", None, "")


def _rows_of(cursor: Cursor) -> Iterator[Row]:
    while (row := cursor.fetchone()) is not None:
        yield row

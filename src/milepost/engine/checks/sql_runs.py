"""How a file of SQL ran: what each of its statements gave, or why and where one was refused.

Alike for every database that runs files of learners; how statements reach it is its component's.
"""

import re
from dataclasses import dataclass

from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.rows import Rows

ONE_PLAN = "A plan is of one statement, and here are {count}. Keep the one whose plan you want."
_NO_TAB = re.compile(r"[^\t]")


@dataclass(frozen=True, slots=True)
class SqlError:
    """Why a database refused a statement, and where it stands in the file."""

    message: str
    code: str  # the database's own: 23505 of PostgreSQL, 1062 of MariaDB
    detail: str
    hint: str
    line: int
    column: int | None
    line_text: str
    constraint: str
    position: int | None = None  # in the statement, in characters from 1

    def point(self) -> str:
        """Show the line with a mark under the place, as psql does, and all else that is known."""
        lines = [f"{self.line:>4} | {self.line_text}"]
        if self.column is not None:
            before = self.line_text[: self.column - 1]
            lines.append(" " * 7 + _NO_TAB.sub(" ", before) + "^")
        more = (("Detail", self.detail), ("Hint", self.hint), ("Code", self.code))
        return "\n".join([*lines, *(f"{name}: {text}" for name, text in more if text)])


@dataclass(frozen=True, slots=True)
class SqlResult:
    """What one statement gave."""

    command: str  # "SELECT 3", "UPDATE 1", "CREATE TABLE"
    rows: Rows
    row_count: int | None


class StatementFailed(GuestFault):
    """A database refused a statement of the learner's."""

    def __init__(self, file: str, error: SqlError, *, by: str, has_run: bool) -> None:
        where = f"line {error.line}" + (f", column {error.column}" if error.column else "")
        super().__init__(f"{by} refuses `{file}`, {where}: {error.message}.", detail=error.point())
        self.error = error
        self.has_run = has_run


@dataclass(frozen=True, slots=True)
class SqlRun:
    """How a file ran. After an error nothing more of it was run."""

    results: tuple[SqlResult, ...]
    error: SqlError | None

    @property
    def last(self) -> SqlResult:
        """The last result that has rows, else the last one at all."""
        with_rows = [result for result in self.results if result.rows.columns]
        return (with_rows or [*self.results] or [SqlResult("", Rows(()), None)])[-1]

    @property
    def rows(self) -> Rows:
        """The rows of the last query in the file."""
        return self.last.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of their columns."""
        return self.last.rows.columns

    @property
    def row_count(self) -> int | None:
        """How many rows the last statement gave or changed."""
        return self.results[-1].row_count if self.results else None

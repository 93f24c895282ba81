"""What the API answers of runs in a lab's database, as frozen models.

Words of the server's that may grow (endings, states) stay text here.
"""

from uuid import UUID

from milepost.client.answer import Answer, Line


class Column(Answer):
    """A column of a table."""

    name: Line
    type: Line
    is_nullable: bool
    is_key: bool
    is_unique: bool


class ForeignKey(Answer):
    """Columns that refer to columns of a table."""

    columns: tuple[Line, ...]
    table: Line
    references: tuple[Line, ...]


class Table(Answer):
    """A table of a lab's database."""

    name: Line
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...]
    unique: tuple[tuple[Line, ...], ...]
    left_out_columns: int
    row_count: int | None


class Tables(Answer):
    """The tables of a lab's database, as they were after the run."""

    listed: tuple[Table, ...]
    left_out: int


class ConsoleResult(Answer):
    """What came of a run."""

    ending: str
    message: str
    stdout: str
    stderr: str
    is_cut: bool
    seconds: float | None
    tables: Tables | None


class ConsoleRun(Answer):
    """A run of statements, and where it stands."""

    id: UUID
    status: str
    waits_because: str | None
    result: ConsoleResult | None

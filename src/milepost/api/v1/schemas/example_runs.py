"""The shapes of runs of examples: the code that is sent, and what came of it.

What is accepted beyond its form is decided by `examples.policy`.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field, StrictBool

from milepost.api.v1.parameters import Name
from milepost.api.v1.schemas.shapes import Request, Shape
from milepost.examples.types import Ending, RunStatus


class RunExample(Request):
    """Code to be run once, to see what it prints."""

    language: Name = Field(
        examples=["python"], description="Of the code: `python`, `javascript` or `sql`."
    )
    code: str = Field(
        examples=["print(6 * 7)\n"],
        description="A whole program, or statements of SQL; UTF-8 text of at most 64 KiB, "
        "`before` included.",
    )
    before: str = Field(
        default="",
        examples=[""],
        description="Of SQL, the statements to run first in the same, empty database. What they "
        "give is not shown.",
    )
    lab: Name | None = Field(
        default=None,
        examples=[None],
        description="A lab with a database: SQL is run in a copy of it, filled as its checks have "
        "it and thrown away after the run. No code at all shows its tables.",
    )
    stack: Name | None = Field(
        default=None,
        examples=[None],
        description="Of a lab on several databases, the stack whose database it is: `sql` for "
        "PostgreSQL, `mysql` for MariaDB. The lab's first one, if it is left out.",
    )
    shows_plan: StrictBool = Field(
        default=False,
        examples=[False],
        description="In a lab's database, run one statement and show how it was carried out.",
    )


class ColumnOut(Shape):
    """A column of a table."""

    name: str = Field(examples=["author_id"])
    type: str = Field(examples=["integer"])
    is_nullable: bool = Field(examples=[False])
    is_key: bool = Field(examples=[False], description="Whether the primary key has it.")
    is_unique: bool = Field(
        examples=[False], description="Whether no two rows have the same value in it."
    )


class ForeignKeyOut(Shape):
    """Columns that refer to columns of a table, pair by pair."""

    columns: tuple[str, ...] = Field(examples=[["author_id"]])
    table: str = Field(examples=["authors"])
    references: tuple[str, ...] = Field(examples=[["id"]])


class TableOut(Shape):
    """A table as the database's catalog has it."""

    name: str = Field(examples=["books"])
    columns: tuple[ColumnOut, ...] = Field(description="The first 60 at most.")
    foreign_keys: tuple[ForeignKeyOut, ...]
    unique: tuple[tuple[str, ...], ...] = Field(
        examples=[[["customer_id", "book_id"]]], description="Columns that are unique together."
    )
    left_out_columns: int = Field(examples=[0], description="How many more it has.")
    row_count: int | None = Field(examples=[900], description="Null where it can't be counted.")


class TablesOut(Shape):
    """The tables of a lab's database as they are after the run, by name."""

    listed: tuple[TableOut, ...] = Field(description="The first 40 at most.")
    left_out: int = Field(examples=[0], description="How many more there are.")


class ExampleResultOut(Shape):
    """What came of a run."""

    ending: Ending = Field(
        examples=["exited"],
        description="`exited`: it ended by itself. `refused`: the database refused a statement. "
        "`timed_out`, `stopped`: it reached a limit. `not_run`: Milepost is at fault.",
    )
    message: str = Field(examples=[""], description="A sentence on why, unless it exited.")
    exit_code: int | None = Field(
        examples=[0], description="Negative: the signal that ended it. Null where there is none."
    )
    stdout: str = Field(examples=["42\n"], description="Of SQL, what each statement gave.")
    stderr: str = Field(examples=[""])
    is_cut: bool = Field(examples=[False], description="Whether it printed more than is shown.")
    seconds: float | None = Field(examples=[0.04])
    tables: TablesOut | None = Field(
        description="Of a lab's database; null for all else, and where a run ended before its end."
    )


class ExampleRunOut(Shape):
    """A run of an example. It is recorded nowhere else, and gone when it has expired."""

    id: UUID
    language: str = Field(examples=["python"])
    status: RunStatus = Field(examples=["finished"])
    expires_at: datetime
    queue_position: int | None = Field(
        examples=[None], description="From 1, where it waits for a worker."
    )
    waits_because: str | None = Field(
        examples=[None], description="Why no worker takes it, and what helps; null otherwise."
    )
    result: ExampleResultOut | None = Field(description="Null until it has finished.")

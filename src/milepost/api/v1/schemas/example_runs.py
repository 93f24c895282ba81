"""The shapes of runs of examples: the code that is sent, and what came of it.

What is accepted beyond its form is decided by `examples.policy`.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

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

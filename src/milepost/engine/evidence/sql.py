"""A statement of SQL and a query plan as evidence.

Cells of rows are texts, as psql would show them; None is SQL's NULL.
"""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from milepost.engine.evidence.contract import NOTHING, STATEMENTS, Cutter, Evidence, Lane, Nothing

PLAN_AS_TEXT = "The plan as the database writes it"  # of a note with `plan`
_FRAMES = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}  # of what happened between

Cell = str | None
Role = Literal["check", "you"]  # whose SQL it is, and as which role of the database it ran


@dataclass(frozen=True, slots=True)
class StatementText:
    """A statement, where it stands, and the values that it was given."""

    sql: str = ""
    parameters: Any = None
    database_role: Role = "check"
    file: str | None = None
    line: int | None = None  # of the file, where the statement begins
    connection: int | None = None  # which of the learner's sessions ran it, from 1


@dataclass(frozen=True, slots=True)
class Refused:
    """The database refused it."""

    error: str
    detail: str | None = None  # the line with a mark under the place, or what the database adds


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What it led to; without columns, `row_count` counts the rows that it changed."""

    columns: tuple[str, ...] | str
    rows: tuple[tuple[Cell, ...], ...] | str = ()
    row_count: int | None = None
    command: str | None = None  # such as INSERT 0 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStatement(Evidence):
    """A statement and what came of it; Nothing where it is only known to have been accepted."""

    kind: Literal["statement"] = field(default="statement", init=False)
    request: StatementText
    response: StatementResult | Refused | Nothing = NOTHING

    lane: ClassVar[Lane | None] = STATEMENTS
    bounded_by: ClassVar[str | None] = "run_seconds"

    @property
    def command(self) -> str:
        """What the database says that it did; empty where that is not known."""
        return (isinstance(self.response, StatementResult) and self.response.command) or ""

    @property
    def is_frame(self) -> bool:
        """Whether the statement only begins, marks or ends a transaction."""
        return self.command.partition(" ")[0] in _FRAMES

    @property
    def ran_file(self) -> str | None:
        """The file that the statement stands in."""
        return self.request.file

    def summarise(self) -> str:
        """Return in words what became of the statement."""
        return "refused" if isinstance(self.response, Refused) else self.command or "accepted"

    def excerpt(self, cutter: Cutter) -> Self:
        """Cut rows so that the table still counts all of them."""
        response = self.response
        if isinstance(response, StatementResult) and not isinstance(response.rows, str):
            rows = cutter.cut_items(response.rows)
            count = response.row_count or len(response.rows)
            response = replace(response, rows=rows, row_count=count if rows else response.row_count)
        else:
            response = cutter.cut_fields(response)
        return replace(self, request=cutter.cut_fields(self.request), response=response)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan with those that it takes its rows from; numbers are of all its loops."""

    node_type: str
    relation: str | None = None
    index: str | None = None
    condition: str | None = None
    rows: int = 0
    estimated_rows: int = 0
    removed_rows: int = 0  # read, and thrown away by a filter
    pages: int = 0  # looked into by the step and all below it
    wal_records: int = 0  # written ahead by the step and all below it
    loops: int = 1
    cost: float = 0.0
    milliseconds: float = 0.0
    children: "tuple[PlanStep, ...]" = ()


@dataclass(frozen=True, slots=True)
class PlanTree:
    """A plan as a tree."""

    tree: PlanStep | str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPlan(Evidence):
    """How the database carries out a statement."""

    kind: Literal["plan"] = field(default="plan", init=False)
    request: StatementText
    response: PlanTree

    lane: ClassVar[Lane | None] = STATEMENTS

    def excerpt(self, cutter: Cutter) -> Self:  # noqa: ARG002
        """Return it whole: a tree without some of its steps would be another plan."""
        return self

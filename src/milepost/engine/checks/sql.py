"""The `sql` fixture: runs the files that a learner hands in, statement by statement, as psql would.

They run as the learner's role in the check's own database. What PostgreSQL refuses is told with its
own words, the line and the column; an endless statement is ended from outside.
"""

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.database import CheckDatabase
from milepost.engine.checks.faults import GuestFault, NotProvided, QueryTimedOut
from milepost.engine.checks.plans import PlanNode
from milepost.engine.checks.postgres import Postgres
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.sessions import LearnerSession, Ran, Refusal, SessionEnded
from milepost.engine.checks.sql_text import Statement, UnknownVariable, split_statements


@dataclass(frozen=True, slots=True)
class SqlError:
    """Why PostgreSQL refused a statement, and where it stands in the file."""

    message: str
    code: str  # five characters, such as 23505; see appendix A of PostgreSQL's documentation
    detail: str
    hint: str
    line: int
    column: int | None
    line_text: str
    constraint: str


@dataclass(frozen=True, slots=True)
class SqlResult:
    """What one statement gave."""

    command: str  # "SELECT 3", "UPDATE 1", "CREATE TABLE"
    rows: Rows
    row_count: int | None


class StatementFailed(GuestFault):
    """PostgreSQL refused a statement of the learner's."""

    def __init__(self, file: str, error: SqlError) -> None:
        where = f"line {error.line}" + (f", column {error.column}" if error.column else "")
        super().__init__(
            f"PostgreSQL refuses `{file}`, {where}: {error.message}.", detail=_point(error)
        )
        self.error = error


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


@dataclass(frozen=True, slots=True)
class _FileRun:
    file: str
    variables: Mapping[str, Any]
    seconds: float
    deadline: float


class Sql:
    """The learner's files."""

    def __init__(self, database: CheckDatabase, postgres: Postgres) -> None:
        self._database = database
        self._postgres = postgres
        self._supervisor = database.supervisor

    def text(self, file: str) -> str:
        """Read a file; one that was not handed in fails the check."""
        content = self._supervisor.ask_for_file(file)
        if content is None:
            raise NotProvided(f"There is no file `{file}`, which the brief asks for.")
        return content.decode("utf-8", errors="replace")

    def run(
        self,
        file: str,
        *,
        may_fail: bool = False,
        seconds: float | None = None,
        **variables: Any,
    ) -> SqlRun:
        """Run a file in a session of its own, with psql variables such as `:book_id`.

        What PostgreSQL refuses raises StatementFailed, or is told as `error` where it `may_fail`.
        Raises QueryTimedOut when the whole file takes longer than `seconds` (else the lab's limit).
        """
        statements = self._split(file, variables)
        session = self._database.open_learner_session()
        allowed = seconds or self._database.check.settings.limits.run_seconds
        run = _FileRun(file, variables, allowed, time.monotonic() + allowed)
        results: list[SqlResult] = []
        error: SqlError | None = None
        try:
            for statement in statements:
                ran = self._run_statement(session, statement, run)
                if ran.refusal is not None:
                    error = _locate(ran.refusal, statement)
                    break
                results.append(SqlResult(ran.command, ran.rows, ran.row_count))
        finally:
            session.close()
        if error is not None and not may_fail:
            raise StatementFailed(file, error)
        return SqlRun(tuple(results), error)

    def plan(self, file: str, **variables: Any) -> PlanNode:
        """Answer the plan of the only statement in a file, without keeping what it changes."""
        statements = self._split(file, variables)
        if len(statements) != 1:
            raise NotProvided(
                f"`{file}` should hold one statement, and it holds {len(statements)}."
            )
        self._database.mark_touched()
        return self._postgres.plan(statements[0].text)

    def _split(self, file: str, variables: Mapping[str, Any]) -> list[Statement]:
        try:
            statements = split_statements(self.text(file), variables)
        except UnknownVariable as unknown:
            known = ", ".join(f"`:{name}`" for name in variables) or "none"
            raise NotProvided(
                f"`{file}` uses the variable `:{unknown}`, which is not set. Set are: {known}."
            ) from unknown
        if not statements:
            raise NotProvided(f"`{file}` holds no statement yet.")
        return statements

    def _run_statement(
        self,
        session: LearnerSession,
        statement: Statement,
        run: "_FileRun",
    ) -> Ran:
        since = time.monotonic()
        response: dict[str, Any] = {}
        try:
            ran = session.run(statement.text, run.deadline, run.seconds)
            ran = self._database.check.take(f"result {run.file}", ran)
            response = _describe(ran, statement)
        except SessionEnded as ended:
            fault = self._database.explain_end()
            response = {"error": str(fault)}
            raise fault from ended
        except QueryTimedOut as fault:
            self._database.end_sessions("run_seconds")
            response = {"error": str(fault)}
            raise
        except GuestFault as fault:
            response = {"error": str(fault)}
            raise
        finally:
            self._record(run, statement, since, response)
        return ran

    def _record(
        self, run: "_FileRun", statement: Statement, since: float, response: Mapping[str, Any]
    ) -> None:
        settings = [f"-v {name}={shlex.quote(str(value))}" for name, value in run.variables.items()]
        self._database.check.recorder.record(
            "statement",
            " ".join(statement.text.split()),
            since=since,
            request={
                "sql": statement.text,
                "parameters": {name: str(value) for name, value in run.variables.items()},
                "database_role": "you",
                "file": run.file,
                "line": statement.line,
            },
            response=response,
            repeat=" ".join(["psql", *settings, "-f", shlex.quote(run.file)]),
        )


def _describe(ran: Ran, statement: Statement) -> dict[str, Any]:
    if ran.refusal is not None:
        error = _locate(ran.refusal, statement)
        return {"error": error.message, "detail": _point(error)}
    described = {**ran.rows.as_evidence(), "command": ran.command, "error": None}
    if not ran.rows.columns:
        described["row_count"] = ran.row_count
    return described


def _locate(refusal: Refusal, statement: Statement) -> SqlError:
    line, column, line_text = statement.line, None, statement.text.partition("\n")[0]
    if refusal.position is not None:
        line, column, line_text = statement.locate(refusal.position)
    return SqlError(
        message=refusal.message,
        code=refusal.code,
        detail=refusal.detail,
        hint=refusal.hint,
        line=line,
        column=column,
        line_text=line_text,
        constraint=refusal.constraint,
    )


def _point(error: SqlError) -> str:
    """Show the line with a mark under the place, as psql does, and all else that is known."""
    lines = [f"{error.line:>4} | {error.line_text}"]
    if error.column is not None:
        lines.append(" " * (6 + error.column) + "^")
    more = (("Detail", error.detail), ("Hint", error.hint), ("Code", error.code))
    return "\n".join([*lines, *(f"{name}: {text}" for name, text in more if text)])

"""The `sql` fixture: runs the files that a learner hands in, statement by statement, as psql would.

They run as the learner's role in the check's own database. What PostgreSQL refuses is told with its
own words, the line and the column; an endless statement is ended from outside.
"""

import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from milepost.engine.backing.postgres.database import CheckDatabase
from milepost.engine.backing.postgres.learner_session import LearnerSession, SessionEnded
from milepost.engine.backing.postgres.plans import EXPLAIN, PlanNode, read_plan, show_plan
from milepost.engine.backing.postgres.sql_text import (
    CommandRefused,
    Statement,
    split_statements,
    write_variable,
)
from milepost.engine.checks.evidence import note
from milepost.engine.checks.faults import GuestFault, NotProvided, QueryTimedOut
from milepost.engine.checks.sql_runs import ONE_PLAN, SqlError, SqlResult, SqlRun, StatementFailed
from milepost.engine.checks.sql_values import show_sql
from milepost.engine.checks.statements import Ran, Refusal
from milepost.engine.evidence.contract import NOTHING, Nothing
from milepost.engine.evidence.sql import Refused, SqlStatement, StatementResult, StatementText

_SYNTAX_ERROR = "42601"
_NOT_UNDERSTOOD = "42"  # the class of syntax errors and of names that nothing has
_EXPLAIN_AS_TEXT = "EXPLAIN (ANALYZE, BUFFERS) "


@dataclass(frozen=True, slots=True)
class _FileRun:
    file: str
    variables: Mapping[str, Any]
    seconds: float
    deadline: float


class Sql:
    """The learner's files."""

    def __init__(self, database: CheckDatabase) -> None:
        self._database = database
        self._engine = database.engine

    def text(self, file: str) -> str:
        """Read a file; one that was not handed in fails the check."""
        content = self._engine.ask_for_file(file)
        if content is None:
            raise NotProvided(f"There is no file `{file}`, which the brief asks for.")
        return content.decode("utf-8", errors="surrogateescape")

    def run(
        self,
        file: str,
        /,
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
        run = self._begin(file, variables, seconds)
        session = self._database.open_learner_session()
        try:
            done = self._run_all(session, statements, run, may_fail=may_fail)
            if session.is_in_transaction and done.error is None:
                note(
                    f"`{file}` ends inside a transaction: nothing says COMMIT after its BEGIN, so"
                    " PostgreSQL undid what came after it"
                )
        finally:
            session.close()
        return done

    def plan(self, file: str, /, **variables: Any) -> PlanNode:
        """Return the plan of the last statement in a file, without keeping what it changes.

        What stands before it, such as a SET, is run first, in the same session.
        """
        *before, last = self._split(file, variables)
        run = self._begin(file, variables, None)
        self._database.mark_touched()
        connection = self._database.connect_shop()
        session = LearnerSession(connection, self._database.check.settings.limits)
        since = time.monotonic()
        try:
            self._run_all(session, before, run, may_fail=False)
            explain = replace(last, text=f"{EXPLAIN}{last.text}", shown_from=len(EXPLAIN))
            undo = Statement("SAVEPOINT p" if session.is_in_transaction else "BEGIN", last.line)
            self._ask(session, undo, run)
            ran = self._ask(session, explain, run)
        finally:
            self._database.end(connection)
        if ran.refusal is not None:
            raise self._refuse(file, variables, _locate(ran.refusal, explain), explain)
        plan = read_plan(ran.rows[0][0][0]["Plan"] if ran.rows else {})
        show_plan(self._database.check.recorder, last.text, plan, since=since, role="you")
        return plan

    def explain(self, file: str, /) -> SqlRun:
        """Run a file's one statement and return its plan, line by line, as psql would show it.

        What it changes stays. What PostgreSQL refuses is told as `error`.
        """
        statements = self._split(file, {})
        if len(statements) > 1:
            raise NotProvided(ONE_PLAN.format(count=len(statements)))
        first = statements[0]
        text = f"{_EXPLAIN_AS_TEXT}{first.text}"
        explained = replace(first, text=text, shown_from=len(_EXPLAIN_AS_TEXT))
        run = self._begin(file, {}, None)
        session = self._database.open_learner_session()
        try:
            return self._run_all(session, [explained], run, may_fail=True)
        finally:
            session.close()

    def _begin(self, file: str, variables: Mapping[str, Any], seconds: float | None) -> "_FileRun":
        allowed = seconds or self._database.check.settings.limits.run_seconds
        return _FileRun(file, variables, allowed, time.monotonic() + allowed)

    def _run_all(
        self,
        session: LearnerSession,
        statements: Sequence[Statement],
        run: "_FileRun",
        *,
        may_fail: bool,
    ) -> SqlRun:
        results: list[SqlResult] = []
        for statement in statements:
            ran = self._run_statement(session, statement, run)
            if ran.refusal is not None:
                error = _locate(ran.refusal, statement)
                if not may_fail:
                    raise self._refuse(run.file, run.variables, error, statement)
                return SqlRun(tuple(results), error)
            results.append(SqlResult(ran.command, ran.rows, ran.row_count))
        return SqlRun(tuple(results), None)

    def _split(self, file: str, variables: Mapping[str, Any]) -> list[Statement]:
        text = self.text(file)
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise NotProvided(
                f"`{file}`, line {line}, holds a NUL, a character that no SQL can hold. Was it"
                " saved in another encoding? Save it as UTF-8."
            )
        try:
            statements = split_statements(text, variables)
        except CommandRefused as refused:
            raise NotProvided(
                f"`{file}`, line {refused.line}: `{refused.command}` is a command of psql's own and"
                " no SQL, so only psql understands it. Take it out; SQL alone is run here."
            ) from refused
        if not statements:
            raise NotProvided(f"`{file}` holds no statement yet.")
        return statements

    @staticmethod
    def _refuse(
        file: str, variables: Mapping[str, Any], error: SqlError, statement: Statement
    ) -> GuestFault:
        """Return what PostgreSQL refused; a variable that nobody set explains itself."""
        name = statement.unset.get(error.position or 0)
        if name is None or error.code != _SYNTAX_ERROR:
            has_run = not error.code.startswith(_NOT_UNDERSTOOD)
            return StatementFailed(file, error, by="PostgreSQL", has_run=has_run)
        known = ", ".join(f"`:{each}`" for each in variables) or "none"
        return NotProvided(
            f"`{file}` uses the variable `:{name}`, which is not set. Set are: {known}.",
            detail=error.point(),
        )

    def _run_statement(
        self,
        session: LearnerSession,
        statement: Statement,
        run: "_FileRun",
    ) -> Ran:
        since = time.monotonic()
        response: StatementResult | Refused | Nothing = NOTHING
        try:
            ran = self._ask(session, statement, run)
            ran = self._database.check.take(f"result {run.file}", ran)
            response = _describe(ran, statement)
        except GuestFault as fault:
            response = Refused(str(fault))
            raise
        finally:
            self._record(run, statement, since, response)
        return ran

    def _ask(self, session: LearnerSession, statement: Statement, run: "_FileRun") -> Ran:
        try:
            return session.run(statement.text, run.deadline, run.seconds, statement.data)
        except SessionEnded as ended:
            raise self._database.explain_end() from ended
        except QueryTimedOut:
            session.close()
            self._database.end_sessions("run_seconds")
            raise

    def _record(
        self,
        run: "_FileRun",
        statement: Statement,
        since: float,
        response: StatementResult | Refused | Nothing,
    ) -> None:
        settings = [
            f"-v {shlex.quote(f'{name}={write_variable(value)}')}"
            for name, value in run.variables.items()
        ]
        piece = SqlStatement(
            title=" ".join(statement.text.split()),
            request=StatementText(
                sql=statement.text,
                parameters={name: show_sql(value) for name, value in run.variables.items()},
                database_role="you",
                file=run.file,
                line=statement.line,
            ),
            response=response,
            repeat=" ".join(["psql", *settings, "-f", shlex.quote(run.file)]),
        )
        self._database.check.recorder.record(piece, since=since)


def _describe(ran: Ran, statement: Statement) -> StatementResult | Refused:
    if ran.refusal is None:
        return ran.rows.as_evidence(ran.command, ran.row_count)
    error = _locate(ran.refusal, statement)
    return Refused(error.message, error.point())


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
        position=refusal.position,
    )

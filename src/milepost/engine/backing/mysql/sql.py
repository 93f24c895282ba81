"""The `sql` fixture: runs the files that a learner hands in, statement by statement, as a client.

They run as the learner's user in the check's own database, with the variables of a lab as those of
the session (`@year`). What MariaDB refuses is told with its own words and the line.
"""

import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pymysql

from milepost.engine.backing.mysql.connection import NOT_UNDERSTOOD
from milepost.engine.backing.mysql.database import CheckDatabase
from milepost.engine.backing.mysql.learner_session import LearnerSession, SessionEnded
from milepost.engine.backing.mysql.plans import PlanNode, read_plan, show_plan
from milepost.engine.backing.mysql.sql_text import Statement, split_statements
from milepost.engine.checks.evidence import note
from milepost.engine.checks.faults import GuestFault, NotProvided, QueryTimedOut
from milepost.engine.checks.sql_runs import ONE_PLAN, SqlError, SqlResult, SqlRun, StatementFailed
from milepost.engine.checks.sql_values import show_sql
from milepost.engine.checks.statements import Ran, Refusal
from milepost.engine.evidence.contract import NOTHING, Nothing
from milepost.engine.evidence.sql import Refused, SqlStatement, StatementResult, StatementText

_SYNTAX_ERROR = "1064"
_ANALYZE = "ANALYZE FORMAT=JSON "
_OF_PSQL = re.compile(r"near ':['\"]?(\w+)")
_VARIABLE = re.compile(r"(?<!@)@(\w+)")
_SET_BY_FILE = re.compile(r"(?<!@)@(\w+)\s*:?=|\binto\s+@(\w+)", re.IGNORECASE)


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
        """Run a file in a session of its own, with variables such as `@book_id`.

        What MariaDB refuses raises StatementFailed, or is told as `error` where it `may_fail`.
        Raises QueryTimedOut when the whole file takes longer than `seconds` (else the lab's limit).
        """
        run = _FileRun(self._database, file, variables)
        statements = self._split(file, variables)
        session = self._open(variables, seconds or self._database.seconds)
        done = run.run_all(session, statements, may_fail=may_fail)
        if session.is_in_transaction and done.error is None:
            note(
                f"`{file}` ends inside a transaction: nothing says COMMIT after its START"
                " TRANSACTION, so MariaDB undid what came after it"
            )
        self._end()
        return done

    def plan(self, file: str, /, **variables: Any) -> PlanNode:
        """Return the plan of the last statement in a file, without keeping what it changes.

        What stands before it, such as a SET, is run first, in the same session.
        """
        run = _FileRun(self._database, file, variables)
        *before, last = self._split(file, variables)
        session = self._open(variables, self._database.seconds)
        since = time.monotonic()
        run.run_all(session, before, may_fail=False)
        if not session.is_in_transaction:
            run.ask(session, "START TRANSACTION")
        ran = run.ask(session, f"{_ANALYZE}{last.text}")
        if ran.refusal is not None:
            raise run.refuse(_locate(ran.refusal, last))
        self._end()
        plan = read_plan(str(ran.rows[0][0]))
        show_plan(self._database.check.recorder, last.text, plan, since=since, role="you")
        return plan

    def explain(self, file: str, /) -> SqlRun:
        """Run a file's one statement and return its plan, as the JSON that MariaDB writes.

        What it changes stays. What MariaDB refuses is told as `error`.
        """
        statements = self._split(file, {})
        if len(statements) > 1:
            raise NotProvided(ONE_PLAN.format(count=len(statements)))
        explained = replace(statements[0], text=f"{_ANALYZE}{statements[0].text}")
        session = self._open({}, self._database.seconds)
        done = _FileRun(self._database, file, {}).run_all(session, [explained], may_fail=True)
        self._end()
        return done

    def _open(self, variables: dict[str, Any], seconds: float) -> LearnerSession:
        self._connection = self._database.open_learner_session(seconds)
        session = LearnerSession(self._connection, self._database.check.settings.limits, seconds)
        try:
            session.set_variables(variables)
        except pymysql.Error as error:
            raise self._database.blame(error) from error
        return session

    def _end(self) -> None:
        self._database.end(self._connection)

    def _split(self, file: str, variables: Mapping[str, Any]) -> list[Statement]:
        text = self.text(file)
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.isprintable() and any(c == "\0" or "\udc80" <= c <= "\udcff" for c in line):
                raise NotProvided(
                    f"`{file}`, line {number}, holds a character that is none in UTF-8, or a NUL."
                    " Was it saved in another encoding? Save it as UTF-8."
                )
        statements = split_statements(text)
        if not statements:
            raise NotProvided(f"`{file}` holds no statement yet.")
        own = {name for found in _SET_BY_FILE.findall(text) for name in found}
        unset = sorted(set(_VARIABLE.findall(text)) - own - variables.keys())
        if unset:
            names = ", ".join(f"`@{name}`" for name in unset)
            note(
                f"`{file}` uses {names}, which nobody sets: such a variable is NULL."
                f" Set are: {_list_variables(variables)}"
            )
        return statements


class _FileRun:
    """One run of one file."""

    def __init__(self, database: CheckDatabase, file: str, variables: Mapping[str, Any]) -> None:
        self._database = database
        self._file = file
        self._variables = variables

    def run_all(
        self, session: LearnerSession, statements: Sequence[Statement], *, may_fail: bool
    ) -> SqlRun:
        """Run statements until one is refused."""
        results: list[SqlResult] = []
        for statement in statements:
            ran = self._run_statement(session, statement)
            if ran.refusal is not None:
                error = _locate(ran.refusal, statement)
                if not may_fail:
                    raise self.refuse(error)
                return SqlRun(tuple(results), error)
            results.append(SqlResult(ran.command, ran.rows, ran.row_count))
        return SqlRun(tuple(results), None)

    def ask(self, session: LearnerSession, statement: str) -> Ran:
        """Run one statement, without evidence."""
        try:
            return session.run(statement)
        except SessionEnded as ended:
            raise self._database.explain_end() from ended
        except QueryTimedOut:
            self._database.end_sessions()
            raise

    def refuse(self, error: SqlError) -> GuestFault:
        """Return what MariaDB refused; a variable as psql has them explains itself."""
        name = _OF_PSQL.search(error.message)
        if name is None or error.code != _SYNTAX_ERROR:
            has_run = int(error.code) not in NOT_UNDERSTOOD
            return StatementFailed(self._file, error, by="MariaDB", has_run=has_run)
        return NotProvided(
            f"`{self._file}` says `:{name[1]}`, which is how psql writes variables. In MariaDB a"
            f" variable is written `@{name[1]}`, without quotes. Set are:"
            f" {_list_variables(self._variables)}.",
            detail=error.point(),
        )

    def _run_statement(self, session: LearnerSession, statement: Statement) -> Ran:
        since = time.monotonic()
        response: StatementResult | Refused | Nothing = NOTHING
        try:
            ran = self.ask(session, statement.text)
            ran = self._database.check.take(f"result {self._file}", ran)
            response = _describe(ran, statement)
        except GuestFault as fault:
            response = Refused(str(fault))
            raise
        finally:
            self._record(statement, since, response)
        return ran

    def _record(
        self, statement: Statement, since: float, response: StatementResult | Refused | Nothing
    ) -> None:
        shown = {name: show_sql(value) for name, value in self._variables.items()}
        settings = "; ".join(f"SET @{name} = {_write(v)}" for name, v in self._variables.items())
        first = ["--init-command", shlex.quote(settings)] if settings else []
        piece = SqlStatement(
            title=" ".join(statement.text.split()),
            request=StatementText(
                sql=statement.text,
                parameters=shown,
                database_role="you",
                file=self._file,
                line=statement.line,
            ),
            response=response,
            repeat=" ".join(["mariadb", *first, "<", shlex.quote(self._file)]),
        )
        self._database.check.recorder.record(piece, since=since)


def _describe(ran: Ran, statement: Statement) -> StatementResult | Refused:
    if ran.refusal is None:
        return ran.rows.as_evidence(ran.command, ran.row_count)
    error = _locate(ran.refusal, statement)
    return Refused(error.message, error.point())


def _locate(refusal: Refusal, statement: Statement) -> SqlError:
    line, column, line_text = statement.locate(refusal.message)
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


def _list_variables(variables: Mapping[str, Any]) -> str:
    return ", ".join(f"`@{name}`" for name in variables) or "none"


def _write(value: Any) -> str:
    """Write a value as a literal."""
    if value is None or isinstance(value, int | float) or type(value).__name__ == "Decimal":
        return show_sql(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"

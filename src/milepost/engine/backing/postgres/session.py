"""A check's session with its database: what it reads, what it writes, and what it tries.

Invariant: once learner code has had its turn, a read gets a session of its own in which nothing
else ever ran and nothing can be written; writes run as the role that the shop itself has.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from milepost.engine.backing.postgres.database import CheckDatabase
from milepost.engine.backing.postgres.loading import settle
from milepost.engine.backing.postgres.soundness import Connection
from milepost.engine.checks.faults import DatabaseUnusable
from milepost.engine.checks.rows import Row, Rows
from milepost.engine.checks.sql_values import show_sql
from milepost.engine.evidence.contract import NOTHING, Nothing
from milepost.engine.evidence.sql import Refused, SqlStatement, StatementResult, StatementText

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any] | None
_SHOWN_SQL = 60
_WRITES = frozenset({"insert", "update", "delete", "merge", "begin", "start", "lock", "call", "do"})
# A constraint, a wrong value, an error that a function raised, a view's own check.
_REFUSING_CLASSES = ("23", "22", "P0", "44")


class PostgresSession:
    """A further session of the check: to hold a lock, say, while learner code wants it too."""

    def __init__(self, database: CheckDatabase) -> None:
        self._database = database
        self._own: Connection | None = None

    def rows(self, sql: str, parameters: Parameters = None, *, shown: bool = True) -> Rows:
        """Run a query and return its rows. Without `shown` it leaves no evidence."""
        return self._run(sql, parameters, shown=shown)[0]

    def value(self, sql: str, parameters: Parameters = None) -> Any:
        """Run a query and return the first value of its first row; None where there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows and rows[0] else None

    def execute(self, sql: str, parameters: Parameters = None) -> int:
        """Run a statement in this session and return how many rows it changed."""
        return self._run(sql, parameters, keeps_session=True)[1]

    def accepts(self, sql: str, parameters: Parameters = None) -> bool:
        """Try a statement, undo it, and return whether constraints and triggers let it through.

        Deferred constraints are asked too. A row that a trigger drops in silence is not let
        through. Rules hold for everybody: raises DatabaseUnusable where the tables' owner may
        write what another role may not, or the other way round.
        """
        since = time.monotonic()
        refusals = [self._try(connection, sql, parameters) for connection in self._triers()]
        refused = next((each for each in refusals if each is not None), None)
        came = NOTHING if refused is None else Refused(refused)
        self._record(sql, parameters, since, came)
        if None in refusals and refused is not None:
            raise DatabaseUnusable(
                f"Your database refuses this from one role and accepts it from another:"
                f" {' '.join(sql.split())[:200]} ({refused}). A rule that asks who writes protects"
                " nothing from the others. Let it look at the row alone."
            )
        return refused is None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what runs inside happen together; an error undoes it."""
        with self._writer().transaction():
            yield

    def close(self) -> None:
        """End the session."""
        if self._own is not None:
            self._database.end(self._own)

    # Which session a statement runs in

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        """Give a session to read in: this one while nobody else's code can have run in it."""
        own = self._open_transaction()
        if own is None and not self._database.is_touched:
            own = self._writer()
        if own is not None:
            yield own
            return
        fresh = self._database.connect_reader()
        try:
            yield fresh
        finally:
            self._database.end(fresh)

    def _writer(self) -> Connection:
        """Return this session's own connection. After learner code it is one as the shop's role."""
        own = self._open_transaction()
        if own is not None:
            return own
        is_touched = self._database.is_touched
        own = self._own
        if own is not None and (own.closed or self._database.is_shop(own) != is_touched):
            self._database.end(own)
            own = None
        if own is None:
            own = self._database.connect_shop() if is_touched else self._database.connect()
        self._own = own
        return own

    def _triers(self) -> Iterator[Connection]:
        """Give the sessions that try a write: the shop's, then another role's, each fresh."""
        own = self._open_transaction()
        if own is None and not self._database.is_touched:
            own = self._writer()
        if own is not None:
            yield own
            return
        for connect in (self._database.connect_shop, self._database.connect):
            fresh = connect()
            try:
                yield fresh
            finally:
                self._database.end(fresh)

    def _open_transaction(self) -> Connection | None:
        own = self._own
        if own is None or own.closed:
            return None
        idle = own.info.transaction_status == TransactionStatus.IDLE
        return None if idle else own

    # Running

    def _try(self, connection: Connection, sql: str, parameters: Parameters) -> str | None:
        """Try a statement and undo it; return why it was refused, if it was."""
        try:
            self._database.require_sound(connection, sql)
            self._database.require_written(connection, sql)
            with connection.transaction(force_rollback=True):
                cursor = connection.execute(sql, parameters)
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            if not self._is_refusal(error):
                raise self._database.blame(error) from error
            return error.diag.message_primary or str(error)
        is_dropped = cursor.rowcount == 0 and cursor.description is None
        return "0 rows were written" if is_dropped else None

    def _is_refusal(self, error: psycopg.Error) -> bool:
        if isinstance(error, psycopg.IntegrityError | psycopg.errors.RaiseException):
            return True
        # Before learner code, a wrong value can only be the check's own.
        code = error.sqlstate or ""
        return self._database.is_touched and code.startswith(_REFUSING_CLASSES)

    def _run(
        self, sql: str, parameters: Parameters, *, shown: bool = True, keeps_session: bool = False
    ) -> tuple[Rows, int]:
        since = time.monotonic()
        response: StatementResult | Refused | Nothing = NOTHING
        try:
            rows, cursor = self._fetch(sql, parameters, keeps_session=keeps_session)
            rows = self._take(sql, rows)
            response = rows.as_evidence(cursor.statusmessage, cursor.rowcount)
        except psycopg.Error as error:
            response = Refused(str(error))
            raise self._database.blame(error) from error
        except (ValueError, ArithmeticError, NotImplementedError, RecursionError) as error:
            response = Refused(str(error))
            raise self._database.blame_value(error) from error
        finally:
            if shown:
                self._record(sql, parameters, since, response)
        return rows, cursor.rowcount

    def _take(self, sql: str, rows: Rows) -> Rows:
        """Take rows that learner code may have changed, unless they are of PostgreSQL's own."""
        if not (rows.columns and self._database.is_touched) or "pg_stat_activity" in sql:
            return rows
        return self._database.check.take(f"rows {' '.join(sql.split())[:_SHOWN_SQL]}", rows)

    def _fetch(
        self, sql: str, parameters: Parameters, *, keeps_session: bool
    ) -> tuple[Rows, psycopg.Cursor[Row]]:
        if keeps_session or _first_word(sql) in _WRITES:
            return self._ask(self._writer(), sql, parameters)
        with self._reader() as connection:
            try:
                return self._ask(connection, sql, parameters)
            except psycopg.errors.ReadOnlySqlTransaction:  # a function that writes, a FOR UPDATE
                if connection is self._own:
                    raise
        return self._ask(self._writer(), sql, parameters)

    def _ask(
        self, connection: Connection, sql: str, parameters: Parameters
    ) -> tuple[Rows, psycopg.Cursor[Row]]:
        self._database.require_sound(connection, sql)
        cursor = connection.execute(sql, parameters)
        columns = [column.name for column in cursor.description or ()]
        return Rows(columns, map(settle, cursor.fetchall()) if cursor.description else ()), cursor

    def _record(
        self,
        sql: str,
        parameters: Parameters,
        since: float,
        response: StatementResult | Refused | Nothing,
    ) -> None:
        shown = None if parameters is None else _show_parameters(parameters)
        piece = SqlStatement(
            title=" ".join(sql.split()),
            request=StatementText(sql=sql.strip(), parameters=shown),
            response=response,
        )
        self._database.check.recorder.record(piece, since=since)


def _first_word(sql: str) -> str:
    return next(iter(sql.split(None, 1)), "").lower()


def _show_parameters(parameters: Sequence[Any] | Mapping[str, Any]) -> Any:
    if isinstance(parameters, Mapping):
        return {name: show_sql(value) for name, value in parameters.items()}
    return [show_sql(value) for value in parameters]

"""A check's session with its database: what it reads, what it writes, and what it tries.

Invariant: once learner code has had its turn, a read gets a session of its own in which nothing
else ever ran and nothing can be written; writes run as the user that the shop itself has.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import pymysql

from milepost.engine.backing.mysql.connection import (
    READ_ONLY,
    REFUSALS,
    Connection,
    is_lost,
    message_of,
    number_of,
)
from milepost.engine.backing.mysql.database import CheckDatabase
from milepost.engine.checks.faults import DatabaseUnusable
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.sql_values import show_sql
from milepost.engine.evidence.contract import NOTHING, Nothing
from milepost.engine.evidence.sql import Refused, SqlStatement, StatementResult, StatementText

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any] | None
_SHOWN_SQL = 60
_WRITES = frozenset({"insert", "update", "delete", "replace", "begin", "start", "lock", "call"})
_COUNTED = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})


class MysqlSession:
    """A further session of the check: to hold a lock, say, while learner code wants it too."""

    def __init__(self, database: CheckDatabase) -> None:
        self._database = database
        self._own: Connection | None = None
        self._is_of_shop = False
        self._is_in_transaction = False

    def rows(self, sql: str, parameters: Parameters = None, *, shown: bool = True) -> Rows:
        """Run a query and return its rows. Without `shown` it leaves no evidence."""
        return self._run(sql, parameters, shown=shown)[0]

    def value(self, sql: str, parameters: Parameters = None) -> Any:
        """Run a query and return the first value of its first row; None where there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows and rows[0] else None

    def execute(self, sql: str, parameters: Parameters = None) -> int:
        """Run a statement in this session and return how many rows it wrote."""
        return self._run(sql, parameters, keeps_session=True)[1]

    def accepts(self, sql: str, parameters: Parameters = None) -> bool:
        """Try a statement, undo it, and return whether constraints and triggers let it through.

        Rules hold for everybody: raises DatabaseUnusable where the tables' owner may write what
        another user may not, or the other way round.
        """
        since = time.monotonic()
        refusals = [self._try(connection, sql, parameters) for connection in self._triers()]
        refused = next((each for each in refusals if each is not None), None)
        self._record(sql, parameters, since, NOTHING if refused is None else Refused(refused))
        if None in refusals and refused is not None:
            raise DatabaseUnusable(
                "Your database refuses this from one user and accepts it from another:"
                f" {' '.join(sql.split())[:200]} ({refused}). A rule that asks who writes protects"
                " nothing from the others. Let it look at the row alone."
            )
        return refused is None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what runs inside happen together; an error undoes it."""
        writer = self._writer()
        self._ask(writer, "START TRANSACTION", None)
        self._is_in_transaction = True
        try:
            yield
            self._ask(writer, "COMMIT", None)
        except BaseException:
            self._database.end(writer)  # which undoes it, also where nothing can be said any more
            self._own = None
            raise
        finally:
            self._is_in_transaction = False

    def close(self) -> None:
        """End the session."""
        if self._own is not None:
            self._database.end(self._own)

    # Which session a statement runs in

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        """Give a session to read in: this one while nobody else's code can have run in it."""
        if self._is_in_transaction or not self._database.is_touched:
            yield self._writer()
            return
        fresh = self._database.connect_reader()
        try:
            yield fresh
        finally:
            self._database.end(fresh)

    def _writer(self) -> Connection:
        """Return this session's own connection. After learner code it is one as the shop's user."""
        is_touched = self._database.is_touched
        own = self._own
        if own is not None and self._is_in_transaction:
            return own
        if own is not None and (not own.open or self._is_of_shop != is_touched):
            self._database.end(own)
            own = None
        if own is None:
            own = self._database.connect_shop() if is_touched else self._database.connect()
        self._own, self._is_of_shop = own, is_touched
        return own

    def _triers(self) -> Iterator[Connection]:
        """Give the sessions that try a write: the shop's, then another user's, each fresh."""
        for connect in (self._database.connect_shop, self._database.connect):
            fresh = connect()
            try:
                yield fresh
            finally:
                self._database.end(fresh)

    # Running

    def _try(self, connection: Connection, sql: str, parameters: Parameters) -> str | None:
        """Try a statement and undo it; return why it was refused, if it was."""
        self._database.require_sound(sql)
        try:
            connection.begin()
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                count, is_question = cursor.rowcount, cursor.description is not None
            connection.rollback()
        except pymysql.Error as error:
            if is_lost(error) or not self._is_refusal(error):
                raise self._database.blame(error) from error
            return message_of(error)
        return "0 rows were written" if count == 0 and not is_question else None

    def _is_refusal(self, error: pymysql.Error) -> bool:
        # Before learner code, a wrong value can only be the check's own.
        is_rule = isinstance(error, pymysql.IntegrityError)
        return is_rule or (self._database.is_touched and number_of(error) in REFUSALS)

    def _run(
        self, sql: str, parameters: Parameters, *, shown: bool = True, keeps_session: bool = False
    ) -> tuple[Rows, int]:
        since = time.monotonic()
        response: StatementResult | Refused | Nothing = NOTHING
        try:
            rows, count = self._fetch(sql, parameters, keeps_session=keeps_session)
            if rows.columns and self._database.is_touched:
                origin = f"rows {' '.join(sql.split())[:_SHOWN_SQL]}"
                rows = self._database.check.take(origin, rows)
            response = rows.as_evidence(name_command(sql, count), count)
        except pymysql.Error as error:
            response = Refused(message_of(error))
            raise self._database.blame(error) from error
        finally:
            if shown:
                self._record(sql, parameters, since, response)
        return rows, count

    def _fetch(self, sql: str, parameters: Parameters, *, keeps_session: bool) -> tuple[Rows, int]:
        self._database.require_sound(sql)
        if keeps_session or first_word(sql).lower() in _WRITES:
            return self._ask(self._writer(), sql, parameters)
        with self._reader() as connection:
            try:
                return self._ask(connection, sql, parameters)
            except pymysql.Error as error:
                if number_of(error) != READ_ONLY:
                    raise
        return self._ask(self._writer(), sql, parameters)

    @staticmethod
    def _ask(connection: Connection, sql: str, parameters: Parameters) -> tuple[Rows, int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            columns = [column[0] for column in cursor.description or ()]
            return Rows(columns, cursor.fetchall() if columns else ()), cursor.rowcount

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


def first_word(sql: str) -> str:
    """Return the word that a statement begins with."""
    return next(iter(sql.split(None, 1)), "").rstrip("(")


def name_command(sql: str, count: int) -> str:
    """Say what a statement was, as psql would: MariaDB itself says nothing of it."""
    words = [word.upper() for word in sql.split(None, 2)[:2]]
    if not words:
        return ""
    if words[0] in _COUNTED or words[0] in {"SELECT", "WITH"}:
        return f"{'SELECT' if words[0] == 'WITH' else words[0]} {count}"
    return " ".join(words) if words[0] in {"CREATE", "ALTER", "DROP", "START"} else words[0]


def _show_parameters(parameters: Sequence[Any] | Mapping[str, Any]) -> Any:
    if isinstance(parameters, Mapping):
        return {name: show_sql(value) for name, value in parameters.items()}
    return [show_sql(value) for value in parameters]

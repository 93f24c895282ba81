"""The database of one check: a server of its own, with a user for learner code and one for it.

The first check of all fills the lab's data, with its SQL files and its `seed` function. Learner
code has had its turn once a session or an address for it was given out; from then on nothing in
here can be trusted to be as the lab left it.
"""

import os
import random
import re
from collections.abc import Callable
from contextlib import suppress

import pymysql

from milepost.engine.backing.lab_data import list_data_files
from milepost.engine.backing.mysql import CONNECTIONS
from milepost.engine.backing.mysql.connection import (
    ACCESS_DENIED,
    TIMED_OUT,
    TOO_MANY_CONNECTIONS,
    Connection,
    connect,
    connect_to_read_on,
    is_lost,
    message_of,
    number_of,
)
from milepost.engine.backing.mysql.messages import (
    DATABASE,
    ENDS,
    GIVEN,
    OPENED,
    AskWhyMysqlEnded,
    DataFilled,
    DataToFill,
    OpenMysql,
)
from milepost.engine.backing.mysql.sql_text import split_statements
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.faults import (
    DatabaseUnusable,
    GuestDied,
    GuestFault,
    GuestTimedOut,
    LimitReached,
    QueryTimedOut,
)
from milepost.engine.checks.files import LAB
from milepost.engine.request import DATA_SETS

PORT = 3306
_NAME = "mysql"
_NAME_IN_SQL = re.compile(r"\w+")
_FILL_SECONDS = 120.0
_TABLES = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s"
_SESSIONS = "SELECT id FROM information_schema.processlist WHERE user = %s"
Seed = Callable[[Connection, random.Random], None]


class CheckDatabase:
    """What a check has of MariaDB."""

    def __init__(self, check: CheckContext, seed: Seed | None) -> None:
        """Take a server on a copy of the lab's data; the first check of all fills it."""
        self.check = check
        self.engine = check.engine
        self.seconds = check.settings.limits.run_seconds
        self._has_given_session = False
        self._open: list[Connection] = []
        self._own_sessions: set[str] = set()
        # The server gets the address of the one before, which code of an earlier check knows.
        check.guests.finish_leaving()
        opened = self.engine.ask_component(_NAME, OpenMysql(), OPENED)
        self._place = self.engine.take_descriptor()
        if isinstance(opened, DataToFill):
            self._fill(opened, seed)
            os.close(self._place)
            opened = self.engine.ask_component(_NAME, DataFilled(), GIVEN)
            self._place = self.engine.take_descriptor()
        self._given = opened
        check.forward_port(PORT, os.dup(self._place))
        check.environment |= self._describe_for_learners()
        self.tables = frozenset(self.list_tables())

    @property
    def is_touched(self) -> bool:
        """Whether learner code has had its turn here."""
        return self._has_given_session or self.check.has_begun

    @property
    def has_run_files(self) -> bool:
        """Whether files of the learner were run here, statement by statement."""
        return self._has_given_session

    @property
    def learner(self) -> str:
        """The user that learner code is."""
        return self._given.learner.role

    @property
    def own_sessions(self) -> frozenset[str]:
        """The numbers of those sessions of the check that are the shop's user."""
        return frozenset(self._own_sessions)

    def open_learner_session(self, seconds: float) -> Connection:
        """Connect as the learner's user, to run what was handed in; the caller ends it."""
        self._has_given_session = True
        learner = self._given.learner
        return self._keep_open(lambda: connect_to_read_on(self._place, learner, seconds=seconds))

    def connect_shop(self) -> Connection:
        """Connect as the user that the shop's own programs are: the learner's."""
        shop = self._keep_open(
            lambda: connect(self._place, self._given.learner, seconds=self.seconds)
        )
        self._own_sessions.add(shop.session)
        return shop

    def connect(self) -> Connection:
        """Connect as the check's user, who may do all that the learner's may."""
        return self._keep_open(
            lambda: connect(self._place, self._given.checker, seconds=self.seconds)
        )

    def connect_reader(self) -> Connection:
        """Connect as the check's user, to read only. The caller ends it with `end`."""
        reader = self.connect()
        reader.cursor().execute("SET SESSION TRANSACTION READ ONLY")
        return reader

    def end(self, connection: Connection) -> None:
        """End a session of the check."""
        with suppress(pymysql.Error):
            connection.close()
        self._open = [each for each in self._open if each is not connection]

    def end_sessions(self) -> None:
        """End all sessions of the learner's user, except for those that are the check's own."""
        own = {each.session for each in self._open}
        looker = self.connect()
        try:
            cursor = looker.cursor()
            cursor.execute(_SESSIONS, [self.learner])
            for (number,) in cursor.fetchall():
                if str(number) not in own:
                    with suppress(pymysql.Error):  # it has ended meanwhile
                        cursor.execute("KILL HARD CONNECTION %s", [number])
        finally:
            self.end(looker)

    def list_tables(self) -> list[str]:
        """List the tables that there are now, without views."""
        return sorted(name for name, kind in self._list_relations() if kind == "BASE TABLE")

    def require_sound(self, sql: str) -> None:
        """Raise DatabaseUnusable where a name of the lab's tables means something else by now."""
        if not self.is_touched:
            return
        words = set(_NAME_IN_SQL.findall(sql.lower()))
        asked = {name for name in self.tables if name.lower() in words}
        found = next((n for n, kind in self._list_relations() if n in asked and "VIEW" in kind), "")
        if found:
            raise DatabaseUnusable(
                f"`{found}` is no longer a table: there is a view of that name now. The rows"
                " themselves stayed as they were, and whoever looks into the table finds them."
                " Change the rows of the table, and let it keep its name."
            )

    def explain_end(self) -> GuestFault:
        """Find out why a session is gone. Where the fault is ours, the whole run ends here."""
        ended = self.engine.ask_component(_NAME, AskWhyMysqlEnded(), ENDS)
        match limit := ended.limit:
            case None:
                return GuestDied(ended.reason)
            case "wall_seconds":
                return GuestTimedOut(ended.reason, limit=limit)
            case "run_seconds":
                return QueryTimedOut(ended.reason, limit=limit)
            case _:
                return LimitReached(ended.reason, limit=limit)

    def blame(self, error: Exception) -> Exception:
        """Turn an error of the check's own SQL into a fault of its author or the learner."""
        if number_of(error) in TIMED_OUT or "timed out" in message_of(error):
            return QueryTimedOut(
                "The check waited for the database until its time was up. Does something still"
                " hold a lock?",
                limit="run_seconds",
            )
        if is_lost(error):
            return self.explain_end()
        if not self.is_touched:
            return error
        return DatabaseUnusable(
            "After your SQL had run, the check could not look at the database:"
            f" {message_of(error)}."
        )

    def close(self) -> None:
        """End the check's sessions. The server itself is ended by the engine."""
        for each in self._open:
            with suppress(pymysql.Error):
                each.close()
        os.close(self._place)

    def _keep_open(self, connect_so: Callable[[], Connection]) -> Connection:
        try:
            connection = connect_so()
        except pymysql.Error as error:
            raise self._explain_refused_session(error) from error
        self._open.append(connection)
        return connection

    def _explain_refused_session(self, error: pymysql.Error) -> GuestFault:
        number = number_of(error)
        if number in TOO_MANY_CONNECTIONS:
            reached = CONNECTIONS.describe(self.check.settings.limits)
            return LimitReached(reached, limit=CONNECTIONS.name)
        if number in ACCESS_DENIED:
            return DatabaseUnusable(
                "Your code changed its own password or user, so the database lets the shop's"
                f" programs in no more: {message_of(error)}. Leave users as they are."
            )
        return self.explain_end()

    def _list_relations(self) -> list[tuple[str, str]]:
        looker = self.connect()
        try:
            cursor = looker.cursor()
            cursor.execute(_TABLES, [DATABASE])
            return list(cursor.fetchall())
        except pymysql.Error as error:
            raise self.blame(error) from error
        finally:
            self.end(looker)

    def _describe_for_learners(self) -> dict[str, str]:
        learner = self._given.learner
        address = f"127.0.0.1:{PORT}/{DATABASE}"  # clients take `localhost` for a socket file
        return {
            "DATABASE_URL": f"mysql://{learner.role}:{learner.password}@{address}",
            "MYSQL_HOST": "127.0.0.1",
            "MYSQL_TCP_PORT": str(PORT),
            "MYSQL_USER": learner.role,
            "MYSQL_PWD": learner.password,
            "MYSQL_DATABASE": DATABASE,
        }

    def _fill(self, data: DataToFill, seed: Seed | None) -> None:
        number = self.check.settings.seed % DATA_SETS
        connection = connect(self._place, data.builder, seconds=_FILL_SECONDS)
        with connection, connection.cursor() as cursor:
            for file in list_data_files(LAB, _NAME):
                _run_file(cursor, file.name, file.read_text(encoding="utf-8"))
            connection.execute("START TRANSACTION")
            if seed is not None:
                seed(connection, random.Random(number))  # noqa: S311 - repeatable on purpose
            connection.execute("COMMIT")
            for (name,) in _ask(cursor, "SHOW TABLES"):
                _ask(cursor, f"ANALYZE TABLE `{name}` PERSISTENT FOR ALL")


def _run_file(cursor: "pymysql.cursors.Cursor", name: str, text: str) -> None:
    for statement in split_statements(text):
        try:
            cursor.execute(statement.text)
        except pymysql.Error as error:
            raise RuntimeError(
                f"data/{name}, line {statement.line}, cannot be run: {message_of(error)}"
            ) from error


def _ask(cursor: "pymysql.cursors.Cursor", sql: str) -> list[tuple[str, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())

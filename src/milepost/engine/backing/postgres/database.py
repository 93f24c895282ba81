"""The database of one check: its own, cloned for it, with a role for the learner and one for it.

Learner code finds it at the same address in all checks of a run, and so starts alike in each.
The first check of all fills the template, with the lab's `seed` function. Learner code has had its
turn once a session or an address for it was given out; from then on nothing in here can be trusted
to be as the lab left it.
"""

import os
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from milepost.engine.backing.messages import Ended, Login
from milepost.engine.backing.postgres import CONNECTIONS
from milepost.engine.backing.postgres.learner_session import LearnerSession
from milepost.engine.backing.postgres.loading import read_values_as_here
from milepost.engine.backing.postgres.messages import (
    DONE,
    ENDS,
    GIVEN,
    OPENED,
    STATEMENTS,
    AskStatements,
    EndSessions,
    MakeSeats,
    OpenDatabase,
    TemplateFilled,
    TemplateToFill,
)
from milepost.engine.backing.postgres.soundness import Connection, Soundness
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.faults import (
    DatabaseUnusable,
    GuestDied,
    GuestFault,
    GuestTimedOut,
    LimitReached,
    QueryTimedOut,
)
from milepost.engine.request import DATA_SETS

PORT = 5432
_NAME = "postgres"
_PLACE = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
# Rows that a policy of the learner's hides would look deleted: such a query is an error instead.
_UNVEILED = "-c row_security=off"
_CHECK_PATH = "public, pg_temp"
_SHOP_PATH = '"$user", public'  # PostgreSQL's own default, so that a role's own setting is none
_TRIES = 3
# The name that the log has for a session, as the documentation of `log_line_prefix` makes it.
_SESSION = """
    SELECT pg_catalog.to_hex(
            pg_catalog.trunc(pg_catalog.date_part('epoch', backend_start))::pg_catalog.int4)
        OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) pg_catalog.to_hex(pid)
    FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
"""
Seed = Callable[[Connection, random.Random], None]


class CheckDatabase:
    """What a check has of the labs' PostgreSQL."""

    def __init__(
        self,
        check: CheckContext,
        seed: Seed | None,
        soundness: Soundness | None = None,
    ) -> None:
        """Take a clone of the lab's template; what an earlier one showed need not be looked up."""
        self.check = check
        self._has_given_session = False
        self.engine = check.engine
        self._open: list[Connection | LearnerSession] = []
        self._shop: list[Connection] = []
        self._seats = 0
        self._own_sessions: set[str] = set()
        # The database gets the address of the one before, which code of an earlier check knows.
        check.guests.finish_leaving()
        opened = self.engine.ask_component(_NAME, OpenDatabase(), OPENED)
        # The folder of the server's socket. It is no folder of this sandbox: only who was given the
        # descriptor finds it.
        self._place = self.engine.take_descriptor()
        if isinstance(opened, TemplateToFill):
            self._fill(opened, seed)
            opened = self.engine.ask_component(_NAME, TemplateFilled(), GIVEN)
            os.close(self.engine.take_descriptor())
        self._given = opened
        check.forward_port(PORT, os.open(f".s.PGSQL.{PORT}", _PLACE, dir_fd=self._place))
        check.environment |= self._describe_for_learners()
        self.soundness = soundness or self._learn_tables()

    @property
    def is_touched(self) -> bool:
        """Whether learner code has had its turn here."""
        return self._has_given_session or self.check.has_begun

    @property
    def has_run_files(self) -> bool:
        """Whether files of the learner were run here, statement by statement."""
        return self._has_given_session

    @property
    def url(self) -> str:
        """The address under which learner code finds the database: its DATABASE_URL."""
        return self.check.environment["DATABASE_URL"]

    @property
    def name(self) -> str:
        """The database's name, the same one in all checks of a run."""
        return self._given.name

    @property
    def learner(self) -> tuple[str, str]:
        """The learner's role and its password."""
        return self._given.learner.role, self._given.learner.password

    @property
    def socket_folder(self) -> str:
        """The folder of the server's socket, by a path that only this process has."""
        return f"/proc/self/fd/{self._place}"

    def open_learner_session(self) -> LearnerSession:
        """Connect as the learner's role."""
        self.mark_touched()
        try:
            connection = self._connect(self.name, self._given.learner)
        except psycopg.OperationalError as error:
            if "too many connections for role" in str(error):
                raise self._too_many_connections() from error
            raise self.explain_end() from error
        session = LearnerSession(connection, self.check.settings.limits)
        self._open.append(session)
        return session

    def connect(self) -> Connection:
        """Connect as the check's role, which may do all that the learner's may."""
        return self._connect_to_look("")

    def connect_reader(self) -> Connection:
        """Connect as the check's role, to read only. The caller ends it with `end`."""
        return self._connect_to_look("-c default_transaction_read_only=on")

    def connect_shop(self) -> Connection:
        """Connect as the role that the shop's own programs have: the learner's.

        What the learner's role may hold open stays free for learner code.
        """
        for _ in range(_TRIES):
            if len(self._shop) >= self._seats:
                self._seats += 1
                self.engine.ask_component(_NAME, MakeSeats(self._seats), DONE)
            try:
                connection = self._connect(
                    self.name, self._given.learner, self._options(_SHOP_PATH)
                )
            except psycopg.OperationalError as error:
                if "too many connections for role" not in str(error):
                    raise self.explain_end() from error
                self._seats = max(self._seats, len(self._shop))
                continue
            self._shop.append(connection)
            self._open.append(connection)
            found = connection.execute(_SESSION).fetchone()
            self._own_sessions.add(str(found[0]) if found is not None else "")
            return connection
        raise self._too_many_connections()

    def end(self, connection: Connection) -> None:
        """End a session of the check."""
        with suppress(psycopg.Error):
            connection.close()
        self._open = [each for each in self._open if each is not connection]
        self._shop = [each for each in self._shop if each is not connection]

    def is_shop(self, connection: Connection) -> bool:
        """Whether a session of the check has the shop's role."""
        return any(each is connection for each in self._shop)

    @property
    def own_pids(self) -> list[int]:
        """The server's processes behind those sessions of the check that have the shop's role."""
        return [each.info.backend_pid for each in self._shop if not each.closed]

    def list_statements(self) -> list[Mapping[str, Any]]:
        """List what ran as the learner's role so far."""
        ran = self.engine.ask_component(_NAME, AskStatements(), STATEMENTS)
        return [each for each in ran.found if each["session"] not in self._own_sessions]

    def end_sessions(self, limit: str | None = None) -> None:
        """End all sessions of the learner's role, except for those that are the check's own."""
        self._end_sessions(limit)

    def explain_end(self) -> GuestFault:
        """Find out why a session is gone. Where the fault is ours, the whole run ends here."""
        ended = self._end_sessions(None)
        reason = ended.reason
        match limit := ended.limit:
            case None:
                return GuestDied(reason)
            case "wall_seconds":
                return GuestTimedOut(reason, limit=limit)
            case "run_seconds":
                return QueryTimedOut(reason, limit=limit)
            case _:
                return LimitReached(reason, limit=limit)

    def _end_sessions(self, limit: str | None) -> Ended:
        return self.engine.ask_component(_NAME, EndSessions(limit, tuple(self.own_pids)), ENDS)

    def blame(self, error: psycopg.Error) -> Exception:
        """Turn an error of the check's own SQL into a fault of its author or the learner."""
        if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "57P").startswith(
            "57P"
        ):
            return self.explain_end()
        if not self.is_touched:
            return error
        if isinstance(error, psycopg.errors.QueryCanceled):
            return QueryTimedOut(
                "The check waited for the database until its time was up. Does something still"
                " hold a lock?",
                limit="run_seconds",
            )
        return DatabaseUnusable(
            f"After your SQL had run, the check could not look at the database:"
            f" {error.diag.message_primary or error}."
        )

    def require_sound(self, connection: Connection, sql: str) -> None:
        """Raise DatabaseUnusable where learner code gave names another meaning."""
        if not self.is_touched:
            return
        is_shop = self.is_shop(connection)
        if is_shop or connection.info.transaction_status != TransactionStatus.IDLE:
            path = _SHOP_PATH if is_shop else _CHECK_PATH
            self.soundness.require_untainted(connection, path=path, role=connection.info.user)
        self.soundness.require(connection, sql)

    def require_written(self, connection: Connection, sql: str) -> None:
        """Raise DatabaseUnusable where a rule of the learner's writes something else instead."""
        if self.is_touched:
            self.soundness.require_written(connection, sql)

    def blame_value(self, error: Exception) -> Exception:
        """Turn a stored value that Python cannot hold into a fault of the learner or the author."""
        if not self.is_touched:
            return error
        return DatabaseUnusable(
            f"After your SQL had run, the database held a value that no check can read: {error}."
        )

    def mark_touched(self) -> None:
        """Remember that SQL of the learner has run."""
        self._has_given_session = True

    def _describe_for_learners(self) -> dict[str, str]:
        role, password = self.learner
        return {
            "DATABASE_URL": f"postgresql://{role}:{password}@localhost:{PORT}/{self.name}",
            "PGHOST": "localhost",
            "PGPORT": str(PORT),
            "PGUSER": role,
            "PGPASSWORD": password,
            "PGDATABASE": self.name,
        }

    def close(self) -> None:
        """End the check's sessions. The database itself is dropped by the engine."""
        for each in self._open:
            with suppress(psycopg.Error):
                each.close()
        os.close(self._place)

    def _fill(self, template: TemplateToFill, seed: Seed | None) -> None:
        if seed is None:
            return
        number = self.check.settings.seed % DATA_SETS
        with self._connect(template.name, template.builder) as connection:
            connection.autocommit = False
            seed(connection, random.Random(number))  # noqa: S311 - repeatable on purpose

    def _learn_tables(self) -> Soundness:
        connection = self.connect()
        try:
            return Soundness.learn(connection)
        finally:
            self.end(connection)

    def _too_many_connections(self) -> LimitReached:
        reached = CONNECTIONS.describe(self.check.settings.limits)
        return LimitReached(reached, limit=CONNECTIONS.name)

    def _connect_to_look(self, options: str) -> Connection:
        options = f"{self._options(_CHECK_PATH)} {_UNVEILED} {options}"
        try:
            connection = self._connect(self.name, self._given.checker, options)
        except psycopg.OperationalError as error:
            raise self.explain_end() from error
        self._open.append(connection)
        return connection

    def _options(self, path: str) -> str:
        seconds = self.check.settings.limits.run_seconds
        escaped = path.replace(" ", "\\ ")
        return f"-c statement_timeout={seconds}s -c search_path={escaped}"

    def _connect(self, name: str, login: Login, options: str = "") -> Connection:
        connection = psycopg.connect(
            host=self.socket_folder,
            user=login.role,
            password=login.password,
            dbname=name,
            options=options,
            connect_timeout=10,
            autocommit=True,
        )
        read_values_as_here(connection)
        return connection

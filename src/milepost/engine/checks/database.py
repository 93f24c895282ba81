"""The database of one check: its own, cloned for it, with a role for the learner and one for it.

The first check of all fills the template, with the lab's `seed` function. Learner code has had its
turn once a session or an address for it was given out; from then on nothing in here can be trusted
to be as the lab left it.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

import psycopg

from milepost.engine.checks.faults import (
    DatabaseUnusable,
    GuestDied,
    GuestFault,
    GuestTimedOut,
    LimitReached,
    QueryTimedOut,
)
from milepost.engine.checks.rows import Row
from milepost.engine.checks.run import CheckRun
from milepost.engine.checks.sessions import LearnerSession
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.request import DATA_SETS

PORT = 5432
_PLACE = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
Connection: TypeAlias = psycopg.Connection[Row]
# Rows that a policy of the learner's hides would look deleted: such a query is an error instead.
_UNVEILED = "-c row_security=off"
# What learner code has made under a name that PostgreSQL uses itself. It comes before whatever a
# check asks, and can't be deceived: each name in it means, by its types, PostgreSQL's own.
_FIND_SHADOW = """
    SELECT proname FROM pg_catalog.pg_proc WHERE oid >= 16384::pg_catalog.oid AND proname IN
        (SELECT proname FROM pg_catalog.pg_proc WHERE oid < 16384::pg_catalog.oid)
    UNION ALL
    SELECT oprname FROM pg_catalog.pg_operator WHERE oid >= 16384::pg_catalog.oid AND oprname IN
        (SELECT oprname FROM pg_catalog.pg_operator WHERE oid < 16384::pg_catalog.oid)
    LIMIT 1
"""
Seed = Callable[[Connection, random.Random], None]


class CheckDatabase:
    """What a check has of the labs' PostgreSQL."""

    def __init__(self, check: CheckRun, supervisor: Supervisor, seed: Seed | None) -> None:
        self.check = check
        self._has_given_session = False
        self.supervisor = supervisor
        self._open: list[Connection | LearnerSession] = []
        answer = supervisor.ask_service("postgres", "open")
        # The folder of the server's socket. It is no folder of this room: only who was given the
        # descriptor finds it.
        self._place = supervisor.take_descriptor()
        if "fill" in answer:
            self._fill(answer["fill"], seed)
            answer = supervisor.ask_service("postgres", "filled")
            os.close(supervisor.take_descriptor())
        self._described = answer["database"]
        check.open_door(PORT, os.open(f".s.PGSQL.{PORT}", _PLACE, dir_fd=self._place))
        check.environment |= self._describe_for_learners()

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
        """The database's name, a random one."""
        return str(self._described["name"])

    @property
    def learner(self) -> tuple[str, str]:
        """The learner's role and its password."""
        login = self._described["learner"]
        return login["role"], login["password"]

    @property
    def socket_folder(self) -> str:
        """The folder of the server's socket, by a path that only this process has."""
        return f"/proc/self/fd/{self._place}"

    def open_learner_session(self) -> LearnerSession:
        """Connect as the learner's role."""
        self.mark_touched()
        try:
            connection = self._connect(self.name, self._described["learner"])
        except psycopg.OperationalError as error:
            limits = self.check.settings.limits
            if "too many connections for role" in str(error):
                limit = "database_connections"
                raise LimitReached(limits.describe(limit), limit=limit) from error
            raise self.explain_end() from error
        session = LearnerSession(connection, self.check.settings.limits)
        self._open.append(session)
        return session

    def connect(self) -> Connection:
        """Connect as the check's role, which may do all that the learner's may."""
        seconds = self.check.settings.limits.run_seconds
        try:
            connection = self._connect(
                self.name,
                self._described["checker"],
                f"-c statement_timeout={seconds}s {_UNVEILED}",
            )
        except psycopg.OperationalError as error:
            raise self.explain_end() from error
        self._open.append(connection)
        return connection

    def list_statements(self) -> list[dict[str, Any]]:
        """List what ran as the learner's role so far."""
        return list(self.supervisor.ask_service("postgres", "statements")["statements"])

    def end_sessions(self, limit: str | None = None) -> None:
        """End all sessions of the learner's role."""
        self.supervisor.ask_service("postgres", "end", limit=limit)

    def explain_end(self) -> GuestFault:
        """Find out why a session is gone. Where the fault is ours, the whole run ends here."""
        answer = self.supervisor.ask_service("postgres", "end")
        limit, reason = answer["limit"], answer["reason"]
        match limit:
            case None:
                return GuestDied(reason)
            case "wall_seconds":
                return GuestTimedOut(reason, limit=limit)
            case "run_seconds":
                return QueryTimedOut(reason, limit=limit)
            case _:
                return LimitReached(reason, limit=limit)

    def blame(self, error: psycopg.Error) -> Exception:
        """Turn an error of the check's own SQL into a fault of whoever it belongs to."""
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
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

    def require_unshadowed(self, connection: Connection) -> None:
        """Raise DatabaseUnusable where learner code gave names of PostgreSQL's another meaning."""
        if not self.is_touched:
            return
        shadow = connection.execute(_FIND_SHADOW).fetchone()
        if shadow is not None:
            raise DatabaseUnusable(
                f"Your SQL defines `{shadow[0]}`, a name of PostgreSQL's own, so what the check"
                " asks could mean something else. Choose another name."
            )

    def blame_value(self, error: Exception) -> Exception:
        """Turn a value that Python cannot hold into a fault of whoever put it there."""
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

    def _fill(self, described: dict[str, Any], seed: Seed | None) -> None:
        if seed is None:
            return
        number = self.check.settings.seed % DATA_SETS
        with self._connect(described["name"], described["learner"]) as connection:
            connection.autocommit = False
            seed(connection, random.Random(number))  # noqa: S311 - repeatable on purpose

    def _connect(self, name: str, login: dict[str, str], options: str = "") -> Connection:
        return psycopg.connect(
            host=self.socket_folder,
            user=login["role"],
            password=login["password"],
            dbname=name,
            options=options,
            connect_timeout=10,
            autocommit=True,
        )

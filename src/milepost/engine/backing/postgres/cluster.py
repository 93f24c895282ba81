"""What is done inside the labs' PostgreSQL: databases cloned, roles made, sessions ended.

Only databases that no learner has touched are ever entered as the superuser; later they are only
measured from outside and dropped. Names are random, and nobody may connect but who was let in.
All databases of a run bear the same name, one after the other, each for as long as its check runs.
"""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.messages import Login
from milepost.engine.backing.postgres import CONNECTIONS
from milepost.engine.backing.postgres.passwords import (
    FEWEST_ITERATIONS,
    FULL_ITERATIONS,
    hash_password,
)
from milepost.engine.backing.postgres.server import PostgresServer
from milepost.engine.limits import Limits

_PREFIX = "lab_"
_ANSWER_SECONDS = 60.0
_LOOKS, _LOOK_SECONDS = 20, 0.002
_COUNT_SESSIONS: LiteralString = "SELECT count(*) FROM pg_stat_activity WHERE datid = {}::oid"
_END_SESSIONS: LiteralString = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datid = {}::oid"
)


@dataclass(frozen=True, slots=True)
class Database:
    """One check's own database, the learner's role in it, and the check's."""

    name: str
    oid: int
    learner: Login
    checker: Login


@dataclass(frozen=True, slots=True)
class Address:
    """Where learner code finds its database in each check of a run, and as whom."""

    database: str
    learner: Login
    hashed_password: str

    @classmethod
    def make(cls) -> "Address":
        """Make one up. Hashing the password takes a millisecond."""
        learner = _random_login()
        return cls(_random_name(), learner, hash_password(learner.password, FULL_ITERATIONS))


@dataclass(frozen=True, slots=True)
class Template:
    """A filled database that others are cloned from, and the role that owns what is in it."""

    name: str
    builder: Login


class Cluster:
    """A running server, entered through two connections: one makes and drops, one looks on."""

    def __init__(
        self, server: PostgresServer, makes: psycopg.AsyncConnection, looks: psycopg.AsyncConnection
    ) -> None:
        self.server = server
        self.is_lost = False
        self._makes = makes
        self._looks = looks
        self._making = asyncio.Lock()
        self._looking = asyncio.Lock()

    @classmethod
    async def enter(cls, server: PostgresServer) -> "Cluster":
        """Connect to a server that has just started, and shut its own databases to others."""
        cluster = cls(server, await server.connect("postgres"), await server.connect("postgres"))
        for name in ("postgres", "template1"):
            await cluster._make_all([_shut(name)])
        # As initdb made it, it is slow to check; it is as random as a key.
        await server.hash_password_less(cluster._makes)
        return cluster

    async def make_template(self) -> Template:
        """Make an empty database with a role that may fill it."""
        template = Template(_random_name(), _random_login())
        await self._make_all(_login_made(template.builder, connections=4))
        # Its builder owns what is in it, never the database: that would go over to learners.
        await self._make("CREATE DATABASE {}", sql.Identifier(template.name))
        rights: LiteralString = "CREATE, CONNECT, TEMPORARY"
        await self._make_all(
            [_shut(template.name), _let_in(template.name, rights, template.builder.role)]
        )
        await self._do_inside(
            template.name, "ALTER SCHEMA public OWNER TO {}", template.builder.role
        )
        return template

    async def seal(self, template: Template) -> None:
        """End the filling: from now on the template is only read."""
        builder, name = sql.Identifier(template.builder.role), sql.Identifier(template.name)
        await self._make("ALTER ROLE {} NOLOGIN", builder)
        await self.end_sessions(template.builder)
        await self._make("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        await self._make("CHECKPOINT")

    async def clone(self, template: Template, limits: Limits) -> Database:
        """Make a database like the template, owned by a role of its own that cannot log in yet."""
        name, owner, checker = _random_name(), _random_name(), _random_login()
        connections = CONNECTIONS.of(limits)
        await self._make_all(
            [
                _role_made(owner, connections=connections),
                *_login_made(checker, connections=connections),
                _say("GRANT {} TO {}", owner, checker.role),
            ]
        )
        await self._make(
            "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy ALLOW_CONNECTIONS false",
            sql.Identifier(name),
            sql.Identifier(template.name),
        )
        rows = await self._make_all(  # at once: nobody else is ever let in
            [
                _shut(name),
                _let_in(name, "CONNECT, TEMPORARY", owner),
                _say("ALTER DATABASE {} ALLOW_CONNECTIONS true", name),
                sql.SQL("SELECT oid FROM pg_database WHERE datname = {}").format(sql.Literal(name)),
            ]
        )
        await self._do_inside(name, "REASSIGN OWNED BY {} TO {}", template.builder.role, owner)
        return Database(name, int(rows[0][0]), Login(owner, ""), checker)

    async def hand_out(self, database: Database, address: Address) -> Database:
        """Let a check's learner in, at an address that no other database has now."""
        # ALTER ROLE would try whether the password is empty, with all iterations: 4 ms.
        let_in = sql.SQL(
            "UPDATE pg_authid SET rolcanlogin = true, rolpassword = {} WHERE rolname = {}"
        ).format(sql.Literal(address.hashed_password), sql.Literal(address.learner.role))
        await self._make_all(
            [
                _say("ALTER DATABASE {} RENAME TO {}", database.name, address.database),
                _say("ALTER ROLE {} RENAME TO {}", database.learner.role, address.learner.role),
                let_in,
            ]
        )
        return replace(database, name=address.database, learner=address.learner)

    async def withdraw(self, database: Database) -> Database:
        """Let nobody in any more, end all sessions, and take back the names that it was given.

        It keeps the database's name where a session does not end in time. Who has the password must
        be out of reach by now: a session that is just being opened takes its names as they
        are when it has proved the password, and ends before its first statement only because the
        connection of the client has ended.
        """
        role, name = _random_name(), _random_name()
        given = database.learner.role
        await self._make_all(
            [
                _say("ALTER ROLE {} NOLOGIN PASSWORD NULL", given),
                _say("ALTER ROLE {} RENAME TO {}", given, role),
                _say("ALTER ROLE {} NOLOGIN", database.checker.role),
            ]
        )
        withdrawn = replace(database, learner=Login(role, ""))
        if not await self._is_left(database):
            return withdrawn
        try:
            await self._make_all([_say("ALTER DATABASE {} RENAME TO {}", database.name, name)])
        except ServiceUnavailable as fault:
            if not isinstance(fault.__cause__, psycopg.errors.ObjectInUse):
                raise
            return withdrawn
        return replace(withdrawn, name=name)

    async def drop(self, name: str, *logins: Login) -> None:
        """Drop a database, even one in use, and then its roles."""
        await self._make("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql.Identifier(name))
        roles = sql.SQL(", ").join(sql.Identifier(login.role) for login in logins)
        await self._make("DROP ROLE IF EXISTS {}", roles)

    async def allow_sessions(self, login: Login, count: int) -> None:
        """Let a role hold so many sessions open at once."""
        role, limit = sql.Identifier(login.role), sql.Literal(count)
        await self._make("ALTER ROLE {} CONNECTION LIMIT {}", role, limit)

    async def end_sessions(self, *logins: Login, spared: Sequence[int] = ()) -> None:
        """End every session of these roles but those that are spared. None of them can refuse."""
        roles = [login.role for login in logins]
        await self._look(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE usename = ANY({}) AND pid <> ALL({}::int[])",
            sql.Literal(roles),
            sql.Literal(list(spared)),
        )

    async def _is_left(self, database: Database) -> bool:
        """Wait until a database has no session any more; end those that do not go by themselves."""
        oid = sql.Literal(database.oid)
        for _ in range(_LOOKS):
            if not (await self._look(_COUNT_SESSIONS, oid))[0][0]:
                return True
            await asyncio.sleep(_LOOK_SECONDS)
        await self._look(_END_SESSIONS, oid)
        return not (await self._look(_COUNT_SESSIONS, oid))[0][0]

    async def measure(self, database: Database) -> tuple[int, int]:
        """Return how many bytes a database holds, and how many locks are held in it."""
        rows = await self._look(
            "SELECT pg_database_size({oid}::oid),"
            " (SELECT count(*) FROM pg_locks WHERE database = {oid}::oid)",
            oid=sql.Literal(database.oid),
        )
        return int(rows[0][0]), int(rows[0][1])

    async def mark_log(self) -> str:
        """Write a word of our own into the log; what ran before stands before it."""
        word = secrets.token_hex(8)
        await self._look("DO {}", sql.Literal(f"BEGIN RAISE LOG '{word}'; END"))
        return word

    async def require_alive(self) -> None:
        """Raise ServiceUnavailable unless the server answers and has lost no session of ours."""
        await self._look("SELECT 1")

    async def close(self) -> None:
        """End the server with everything in it."""
        self.is_lost = True
        for connection in (self._makes, self._looks):
            with suppress(psycopg.Error):
                await connection.close()
        await self.server.stop()

    async def _do_inside(self, database: str, statement: LiteralString, *names: str) -> None:
        """Run something as the superuser in a database that no learner has touched yet."""
        with _as_loss(self):
            async with await self.server.connect(database) as inside:
                await inside.execute(_say(statement, *names))

    async def _make(self, statement: LiteralString, *parts: sql.Composable) -> Sequence[Any]:
        async with self._making:
            return await self._run(self._makes, sql.SQL(statement).format(*parts))

    async def _make_all(self, statements: Sequence[sql.Composed]) -> Sequence[Any]:
        """Run all of them or none, in one message; return the rows of the last."""
        async with self._making:
            return await self._run(self._makes, sql.SQL("; ").join(statements))

    async def _look(
        self, statement: LiteralString, *parts: sql.Composable, **named: sql.Composable
    ) -> Sequence[Any]:
        async with self._looking:
            return await self._run(self._looks, sql.SQL(statement).format(*parts, **named))

    async def _run(
        self, connection: psycopg.AsyncConnection, statement: sql.Composed
    ) -> Sequence[Any]:
        with _as_loss(self), self._ending_it_where_it_stands_still():
            cursor = await connection.execute(statement)
            while cursor.nextset():
                pass
            return await cursor.fetchall() if cursor.description is not None else ()

    @contextmanager
    def _ending_it_where_it_stands_still(self) -> Iterator[None]:
        """End a server that does not answer in time; that tells all who wait for it.

        To cancel a statement waits for the server itself, which may be what does not move.
        """
        clock = asyncio.get_running_loop().call_later(_ANSWER_SECONDS, self._end_silent_server)
        try:
            yield
        finally:
            clock.cancel()

    def _end_silent_server(self) -> None:
        self.is_lost = True
        self.server.kill()


def _say(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*(sql.Identifier(name) for name in names))


def _role_made(role: str, *, connections: int) -> sql.Composed:
    return sql.SQL(
        "CREATE ROLE {} NOLOGIN NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT {}"
    ).format(sql.Identifier(role), sql.Literal(connections))


def _login_made(login: Login, *, connections: int) -> list[sql.Composed]:
    """Make a role of our own, whose statements are not logged."""
    role = sql.Identifier(login.role)
    hashed = sql.Literal(hash_password(login.password, FEWEST_ITERATIONS))
    return [
        _role_made(login.role, connections=connections),
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, hashed),
        _say("ALTER ROLE {} SET log_min_duration_statement = -1", login.role),
    ]


def _shut(database: str) -> sql.Composed:
    return _say("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)


def _let_in(database: str, rights: LiteralString, role: str) -> sql.Composed:
    return _say("GRANT " + rights + " ON DATABASE {} TO {}", database, role)


def _random_name() -> str:
    return f"{_PREFIX}{secrets.token_hex(8)}"


def _random_login() -> Login:
    return Login(_random_name(), secrets.token_urlsafe(18))


@contextmanager
def _as_loss(cluster: Cluster) -> Iterator[None]:
    """Turn what goes wrong with the server into a fault of ours, and remember a lost server."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError) as error:
        # Out of disk, memory or connections ends one statement. What has no code, or one that says
        # that the server goes down, ends everything.
        code = getattr(error, "sqlstate", None)
        cluster.is_lost = cluster.is_lost or code is None or code.startswith("57")
        raise ServiceUnavailable(f"the labs' PostgreSQL failed: {error}") from error
    except psycopg.Error as error:
        raise ServiceUnavailable(f"the labs' PostgreSQL refused: {error}") from error

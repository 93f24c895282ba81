"""What is done inside the labs' PostgreSQL: databases cloned, roles made, sessions ended.

Only databases that no learner has touched are ever entered as the superuser; later they are only
measured from outside and dropped. Names are random, and nobody may connect but who was let in.
"""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from milepost.engine.request import Limits
from milepost.engine.services.contract import Login, ServiceUnavailable
from milepost.engine.services.postgres_server import PostgresServer

_PREFIX = "lab_"
_ANSWER_SECONDS = 60.0
_FULL_ITERATIONS = 4096  # PostgreSQL's own default (RFC 7677 §4)


@dataclass(frozen=True, slots=True)
class Database:
    """One check's own database, the learner's role in it, and the check's."""

    name: str
    oid: int
    learner: Login
    checker: Login


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
        await self._make_all(self._login_made(template.builder, connections=4, logged=False))
        # Its builder owns what is in it, never the database: that would go over to learners.
        await self._make("CREATE DATABASE {}", sql.Identifier(template.name))
        rights: LiteralString = "CREATE, CONNECT, TEMPORARY"
        await self._make_all(
            [_shut(template.name), _let_in(template.name, rights, template.builder)]
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
        """Make a database like the template, owned by a role of its own."""
        name, learner, checker = _random_name(), _random_login(), _random_login()
        connections = limits.database_connections
        await self._make_all(
            [
                *self._login_made(learner, connections=connections, logged=True),
                *self._login_made(checker, connections=connections, logged=False),
                _say("GRANT {} TO {}", learner.role, checker.role),
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
                _let_in(name, "CONNECT, TEMPORARY", learner),
                _say("ALTER DATABASE {} ALLOW_CONNECTIONS true", name),
                sql.SQL("SELECT oid FROM pg_database WHERE datname = {}").format(sql.Literal(name)),
            ]
        )
        await self._do_inside(
            name, "REASSIGN OWNED BY {} TO {}", template.builder.role, learner.role
        )
        return Database(name, int(rows[0][0]), learner, checker)

    async def drop(self, name: str, *logins: Login) -> None:
        """Drop a database, whoever uses it, and then its roles."""
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

    async def measure(self, database: Database) -> tuple[int, int]:
        """Answer how many bytes a database holds, and how many locks are held in it."""
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

    def _login_made(self, login: Login, *, connections: int, logged: bool) -> list[sql.Composed]:
        role = sql.Identifier(login.role)
        made = sql.SQL(
            "CREATE ROLE {} LOGIN NOCREATEDB NOCREATEROLE NOREPLICATION"
            " CONNECTION LIMIT {} PASSWORD {}"
        ).format(role, sql.Literal(connections), sql.Literal(login.password))
        if not logged:
            return [made, _say("ALTER ROLE {} SET log_min_duration_statement = -1", login.role)]
        if not self.server.can_hash_less:
            return [made]
        # Whoever connects with a driver of their own may refuse fewer (pgjdbc does).
        hashed = sql.SQL("SET scram_iterations = {}").format(sql.Literal(_FULL_ITERATIONS))
        return [hashed, made, sql.SQL("RESET scram_iterations").format()]

    async def _do_inside(self, database: str, statement: LiteralString, *names: str) -> None:
        """Run something as the superuser in a database that no learner has touched yet."""
        with _as_loss(self):
            async with await self.server.connect(database) as inside:
                await inside.execute(_say(statement, *names))

    async def _make(self, statement: LiteralString, *parts: sql.Composable) -> Sequence[Any]:
        async with self._making:
            return await self._run(self._makes, sql.SQL(statement).format(*parts))

    async def _make_all(self, statements: Sequence[sql.Composed]) -> Sequence[Any]:
        """Run all of them or none, in one message; answer the rows of the last."""
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
        with _as_loss(self):
            async with asyncio.timeout(_ANSWER_SECONDS):
                cursor = await connection.execute(statement)
                while cursor.nextset():
                    pass
                return await cursor.fetchall() if cursor.description is not None else ()


def _say(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*(sql.Identifier(name) for name in names))


def _shut(database: str) -> sql.Composed:
    return _say("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)


def _let_in(database: str, rights: LiteralString, login: Login) -> sql.Composed:
    return _say("GRANT " + rights + " ON DATABASE {} TO {}", database, login.role)


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

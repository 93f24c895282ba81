"""A rival of learner code: a session of the check that stands in its way, so that no race is luck.

Its work is one transaction, which commits when learner code is stuck on it. So a check decides what
happens between two statements of a learner's, on a machine however busy.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

import psycopg

from milepost.engine.backing.postgres.database import CheckDatabase
from milepost.engine.backing.postgres.session import PostgresSession
from milepost.engine.backing.postgres.soundness import Connection
from milepost.engine.checks.http.pending import Pending

LOOK_SECONDS = 0.005
BLOCKED_SECONDS = 20.0
_GATE = 7_265_001  # an advisory lock that nobody else is likely to want
_LOOK = """
    SELECT pid, coalesce(wait_event_type = 'Lock', false), left(query, 200)
    FROM pg_stat_activity WHERE usename = %s AND pid <> ALL (%s) ORDER BY pid
"""
# Before a statement's first row is looked for: no row is locked yet by what waits here.
_MAKE_GATE = f"""
    CREATE OR REPLACE FUNCTION milepost_gate() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared({_GATE}); RETURN NULL; END';
    CREATE OR REPLACE TRIGGER milepost_gate BEFORE {{event}} ON {{table}}
        FOR EACH STATEMENT EXECUTE FUNCTION milepost_gate()
"""

Event: TypeAlias = Literal["INSERT", "UPDATE", "DELETE"]
Seen: TypeAlias = list[tuple[int, bool, str]]


class Onlooker:
    """Looks at the learner's sessions: which there are, and which of them wait for a lock."""

    def __init__(self, database: CheckDatabase, reader: Connection) -> None:
        self._database = database
        self._reader = reader

    @classmethod
    @contextmanager
    def open(cls, database: CheckDatabase) -> Iterator["Onlooker"]:
        """Open a session to look from."""
        reader = database.connect_reader()
        try:
            database.require_sound(reader, _LOOK)
            yield cls(database, reader)
        finally:
            database.end(reader)

    def look(self) -> Seen:
        """List the sessions: their process, whether it waits, and what it runs."""
        asked = [self._database.learner[0], self._database.own_pids]
        try:
            return self._reader.execute(_LOOK, asked).fetchall()
        except psycopg.Error as error:
            raise self._database.blame(error) from error


class Rival(PostgresSession):
    """A session whose transaction ends, and commits, with the block in which it was opened."""

    def become_serializable(self) -> None:
        """Have PostgreSQL watch what the rival reads. Before its transaction begins."""
        level = "SET default_transaction_isolation = 'serializable'"
        self._run(level, None, shown=False, keeps_session=True)

    def make_gate(self, event: Event, table: str) -> None:
        """Let statements of this kind wait at the table. Before anything else of the rival's."""
        builder = self._database.connect()  # always as one role, which may replace what it made
        make = _MAKE_GATE.format(event=event, table=table)
        try:
            self._database.require_sound(builder, make)
            builder.execute(make)
        except psycopg.Error as error:
            raise self._database.blame(error) from error
        finally:
            self._database.end(builder)

    def close_gate(self) -> None:
        """Let nobody else pass the gate until the transaction ends."""
        close = f"SELECT pg_catalog.pg_advisory_xact_lock({_GATE})"
        self._run(close, None, shown=False, keeps_session=True)

    def wait_for(self, sent: Pending) -> bool:
        """Wait until learner code is stuck on the rival; tell whether it is.

        It ends as well when the request is answered, since such code is in nobody's way.
        """
        since = time.monotonic()
        waiting: list[str] = []
        with Onlooker.open(self._database) as onlooker:
            while not waiting and not sent.is_answered:
                waiting = [sql for _, is_blocked, sql in onlooker.look() if is_blocked]
                if time.monotonic() - since > BLOCKED_SECONDS:
                    break
                time.sleep(LOOK_SECONDS)
        self._database.check.recorder.note(
            "Your code waits where the rival stands in its way; now the rival commits"
            if waiting
            else "Your code did not have to wait for the rival, who commits now",
            {"waiting": waiting},
            since=since,
        )
        return bool(waiting)

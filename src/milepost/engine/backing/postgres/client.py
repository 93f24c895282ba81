"""The `postgres` fixture: a check looks into its database, prepares it, and disturbs it on purpose.

Everything runs in sessions of the check and leaves evidence. What the learner's code ran is told by
PostgreSQL's log, which that code cannot turn off.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from milepost.engine.backing.postgres.plans import EXPLAIN, PlanNode, read_plan, show_plan
from milepost.engine.backing.postgres.ran_statements import RanStatement, show_statements
from milepost.engine.backing.postgres.session import Parameters, PostgresSession
from milepost.engine.backing.postgres.soundness import Connection
from milepost.engine.checks.rows import Row

_LOOK_SECONDS = 0.005
_QUIET_SECONDS = 1.0
_BLOCKED_SECONDS = 20.0
_TABLES = """
    SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public' ORDER BY tablename
"""
_LOOK = """
    SELECT pid, coalesce(wait_event_type = 'Lock', false), left(query, 200)
    FROM pg_stat_activity WHERE usename = %s AND pid <> ALL (%s) ORDER BY pid
"""


class Postgres(PostgresSession):
    """The check's database."""

    @property
    def url(self) -> str:
        """The address that the learner's service has in its environment, as DATABASE_URL."""
        return self._database.url

    def tables(self) -> list[str]:
        """List the tables of the schema `public` by name, without views."""
        return [str(name) for (name,) in self.rows(_TABLES, shown=False)]

    def statements(self) -> list[RanStatement]:
        """List what the learner's code or SQL ran so far, in order, with how long it took."""
        ran = [RanStatement.read(found) for found in self._database.list_statements()]
        return self._database.check.take("records statements", ran)

    def show_statements(self) -> None:
        """Put what learner code ran into the evidence. The fixture does so when a check fails."""
        if not self._database.has_run_files:  # those are evidence already, with their lines
            show_statements(self._database.check.recorder, self.statements())

    def wait_until_blocked(self, count: int = 1) -> int:
        """Wait until so many of the learner's sessions wait for a lock; return how many do.

        For a check that holds the lock itself, in a `session()`. Fewer are waited for no longer
        once the learner's sessions have been idle or blocked, unchanged, for a while: code that
        lets only one request at the database never has more than one session waiting.
        """
        since = quiet_since = time.monotonic()
        blocked = 0
        before: list[tuple[int, bool, str]] = []
        with self._reader_of_catalogs() as reader:
            while blocked < count:
                now = time.monotonic()
                seen = self._look_at_sessions(reader)
                blocked = sum(is_blocked for _, is_blocked, _ in seen)
                quiet_since = quiet_since if seen == before else now
                before = seen
                if now - quiet_since > _QUIET_SECONDS or now - since > _BLOCKED_SECONDS:
                    break
                time.sleep(_LOOK_SECONDS)
        self._database.check.recorder.note(
            f"Waited until your code wants what the check holds: {blocked} of your sessions wait",
            {"waiting": [sql for _, is_blocked, sql in before if is_blocked]},
            since=since,
        )
        return blocked

    @contextmanager
    def _reader_of_catalogs(self) -> Iterator[Connection]:
        fresh = self._database.connect_reader()
        try:
            self._database.require_sound(fresh, _LOOK)
            yield fresh
        finally:
            self._database.end(fresh)

    def _look_at_sessions(self, reader: Connection) -> list[tuple[int, bool, str]]:
        asked = [self._database.learner[0], self._database.own_pids]
        try:
            return reader.execute(_LOOK, asked).fetchall()
        except psycopg.Error as error:
            raise self._database.blame(error) from error

    def plan(self, sql: str, parameters: Parameters = None) -> PlanNode:
        """Run a statement under EXPLAIN ANALYZE, undo what it changed, and return its plan."""
        since = time.monotonic()
        found = self._explain(f"{EXPLAIN}{sql}", parameters)
        plan = read_plan(found[0][0]["Plan"] if found is not None else {})
        show_plan(self._database.check.recorder, sql, plan, since=since, role="check")
        return plan

    def _explain(self, explain: str, parameters: Parameters) -> Row | None:
        """Run it in a session that ends with it, since the statement may be a learner's."""
        fresh = (
            self._database.connect_shop if self._database.is_touched else self._database.connect
        )()
        try:
            self._database.require_sound(fresh, explain)
            with fresh.transaction(force_rollback=True):
                return fresh.execute(explain, parameters).fetchone()
        except psycopg.Error as error:
            raise self._database.blame(error) from error
        finally:
            self._database.end(fresh)

    def session(self) -> PostgresSession:
        """Open a second session; it ends with the check."""
        return PostgresSession(self._database)

    def kill_connections(self) -> None:
        """End every session that learner code has, as a restart of the database would."""
        self._database.end_sessions()

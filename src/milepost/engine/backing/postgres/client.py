"""The `postgres` fixture: a check looks into its database, prepares it, and disturbs it on purpose.

Everything runs in sessions of the check and leaves evidence. What the learner's code ran is told by
PostgreSQL's log, which that code cannot turn off.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from milepost.engine.backing.postgres.catalog import read_tables
from milepost.engine.backing.postgres.plans import EXPLAIN, PlanNode, read_plan, show_plan
from milepost.engine.backing.postgres.ran_statements import RanStatement, show_statements
from milepost.engine.backing.postgres.rival import (
    BLOCKED_SECONDS,
    LOOK_SECONDS,
    Event,
    Onlooker,
    Rival,
    Seen,
)
from milepost.engine.backing.postgres.session import Parameters, PostgresSession
from milepost.engine.checks.rows import Row
from milepost.engine.evidence.tables import TITLE

_QUIET_SECONDS = 1.0
_TABLES = """
    SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public' ORDER BY tablename
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

    def show_tables(self) -> None:
        """Put the tables, with their columns and keys, into the evidence."""
        tables = read_tables(self._database)
        self._database.check.recorder.note(TITLE, tables.to_values())

    def wait_until_blocked(self, count: int = 1) -> int:
        """Wait until so many of the learner's sessions wait for a lock; return how many do.

        For a check that holds the lock itself, in a `session()`. Fewer are waited for no longer
        once the learner's sessions have been idle or blocked, unchanged, for a while: code that
        lets only one request at the database never has more than one session waiting.
        """
        since = quiet_since = time.monotonic()
        blocked = 0
        before: Seen = []
        with Onlooker.open(self._database) as onlooker:
            while blocked < count:
                now = time.monotonic()
                seen = onlooker.look()
                blocked = sum(is_blocked for _, is_blocked, _ in seen)
                quiet_since = quiet_since if seen == before else now
                before = seen
                if now - quiet_since > _QUIET_SECONDS or now - since > BLOCKED_SECONDS:
                    break
                time.sleep(LOOK_SECONDS)
        self._database.check.recorder.note(
            f"Waited until your code wants what the check holds: {blocked} of your sessions wait",
            {"waiting": [sql for _, is_blocked, sql in before if is_blocked]},
            since=since,
        )
        return blocked

    @contextmanager
    def rival(
        self, *, gate: tuple[Event, str] | None = None, serializable: bool = False
    ) -> Iterator[Rival]:
        """Open a rival: a session that does its work in one transaction, in learner code's way.

        With a `gate`, such as `("UPDATE", "accounts")`, learner code also waits right before every
        such statement, after all that it has read and before it has locked a row by it.
        """
        rival = Rival(self._database)
        try:
            if gate is not None:
                rival.make_gate(*gate)
            if serializable:
                rival.become_serializable()
            with rival.transaction():
                if gate is not None:
                    rival.close_gate()
                yield rival
        finally:
            rival.close()

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

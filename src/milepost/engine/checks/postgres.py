"""The `postgres` fixture: a check looks into its database, prepares it, and disturbs it on purpose.

Everything runs as the check's own role and leaves evidence. What the learner's code ran is told by
PostgreSQL's log, which that code cannot turn off.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from milepost.engine.checks.database import CheckDatabase, Connection
from milepost.engine.checks.plans import PlanNode, read_plan
from milepost.engine.checks.ran_statements import RanStatement, show_statements
from milepost.engine.checks.rows import Rows

_LOOK_SECONDS = 0.005
_QUIET_SECONDS = 1.0
_BLOCKED_SECONDS = 20.0

Parameters = Sequence[Any] | Mapping[str, Any] | None


class PostgresSession:
    """A further session of the check: to hold a lock, say, while learner code wants it too."""

    def __init__(self, database: CheckDatabase) -> None:
        self._database = database
        self._connection: Connection = database.connect()

    def rows(self, sql: str, parameters: Parameters = None, *, shown: bool = True) -> Rows:
        """Run a query and answer its rows. Without `shown` it leaves no evidence."""
        return self._run(sql, parameters, shown=shown)[0]

    def value(self, sql: str, parameters: Parameters = None) -> Any:
        """Run a query and answer the first value of its first row; None where there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def execute(self, sql: str, parameters: Parameters = None) -> int:
        """Run a statement and answer how many rows it changed."""
        return self._run(sql, parameters)[1]

    def accepts(self, sql: str, parameters: Parameters = None) -> bool:
        """Try a statement, undo it, and tell whether constraints and triggers let it through.

        A row that a trigger drops in silence is not let through either.
        """
        since = time.monotonic()
        refused: str | None = None
        try:
            self._database.require_unshadowed(self._connection)
            with self._connection.transaction(force_rollback=True):
                cursor = self._connection.execute(sql, parameters)
            if cursor.rowcount == 0 and cursor.description is None:
                refused = "0 rows were written"
        except (psycopg.IntegrityError, psycopg.errors.RaiseException) as error:
            refused = error.diag.message_primary or str(error)
        except psycopg.Error as error:
            raise self._database.blame(error) from error
        self._record(sql, parameters, since, {"error": refused})
        return refused is None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what runs inside happen together; an error undoes it."""
        with self._connection.transaction():
            yield

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _run(self, sql: str, parameters: Parameters, *, shown: bool = True) -> tuple[Rows, int]:
        since = time.monotonic()
        response: dict[str, Any] = {}
        try:
            self._database.require_unshadowed(self._connection)
            cursor = self._connection.execute(sql, parameters)
            columns = [column.name for column in cursor.description or ()]
            rows = Rows(columns, cursor.fetchall() if cursor.description else ())
            response = {**rows.as_evidence(), "command": cursor.statusmessage, "error": None}
            if not columns:
                response["row_count"] = cursor.rowcount
        except psycopg.Error as error:
            response = {"error": str(error)}
            raise self._database.blame(error) from error
        except (ValueError, ArithmeticError, NotImplementedError, RecursionError) as error:
            response = {"error": str(error)}
            raise self._database.blame_value(error) from error
        finally:
            if shown:
                self._record(sql, parameters, since, response)
        return rows, cursor.rowcount

    def _record(
        self, sql: str, parameters: Parameters, since: float, response: Mapping[str, Any]
    ) -> None:
        self._database.check.recorder.record(
            "statement",
            " ".join(sql.split()),
            since=since,
            request={
                "sql": sql.strip(),
                "parameters": None if parameters is None else _show_parameters(parameters),
                "database_role": "check",
            },
            response=response,
        )


class Postgres(PostgresSession):
    """The check's database."""

    @property
    def url(self) -> str:
        """The address that the learner's service has in its environment, as DATABASE_URL."""
        return self._database.url

    def statements(self) -> list[RanStatement]:
        """List what the learner's code or SQL ran so far, in order, with how long it took."""
        return [RanStatement.read(found) for found in self._database.list_statements()]

    def show_statements(self) -> None:
        """Put what learner code ran into the evidence. The fixture does so when a check fails."""
        if not self._database.has_run_files:  # those are evidence already, with their lines
            show_statements(self._database.check.recorder, self.statements())

    def wait_until_blocked(self, count: int = 1) -> int:
        """Wait until so many of the learner's sessions wait for a lock; answer how many do.

        For a check that holds the lock itself, in a `session()`. Fewer are waited for no longer
        once the learner's sessions have been idle or blocked, unchanged, for a while: code that
        lets only one request at the database never has more than one session waiting.
        """
        since = quiet_since = time.monotonic()
        blocked = 0
        before: list[tuple[int, bool, str]] = []
        while blocked < count:
            now = time.monotonic()
            seen = self._look_at_sessions()
            blocked = sum(is_blocked for _, is_blocked, _ in seen)
            quiet_since = quiet_since if seen == before else now
            before = seen
            if now - quiet_since > _QUIET_SECONDS or now - since > _BLOCKED_SECONDS:
                break
            time.sleep(_LOOK_SECONDS)
        self._database.check.recorder.record(
            "note",
            f"Waited until your code wants what the check holds: {blocked} of your sessions wait",
            since=since,
            request={"waiting": [sql for _, is_blocked, sql in before if is_blocked]},
            response={},
        )
        return blocked

    def _look_at_sessions(self) -> list[tuple[int, bool, str]]:
        found = self.rows(
            "SELECT pid, coalesce(wait_event_type = 'Lock', false), left(query, 200)"
            " FROM pg_stat_activity WHERE usename = %s ORDER BY pid",
            [self._database.learner[0]],
            shown=False,
        )
        return [(pid, is_blocked, sql) for pid, is_blocked, sql in found]

    def plan(self, sql: str, parameters: Parameters = None) -> PlanNode:
        """Run a statement under EXPLAIN ANALYZE, undo what it changed, and answer its plan."""
        since = time.monotonic()
        try:
            self._database.require_unshadowed(self._connection)
            with self._connection.transaction(force_rollback=True):
                explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"
                found = self._connection.execute(explain, parameters).fetchone()
        except psycopg.Error as error:
            raise self._database.blame(error) from error
        plan = read_plan(found[0][0]["Plan"] if found is not None else {})
        self._database.check.recorder.record(
            "plan",
            " ".join(sql.split()),
            since=since,
            request={"sql": sql.strip(), "database_role": "check"},
            response={"tree": plan.as_tree()},
            repeat=f'psql -c "EXPLAIN ANALYZE {" ".join(sql.split())}"',
        )
        return plan

    def session(self) -> PostgresSession:
        """Open a second session; it ends with the check."""
        return PostgresSession(self._database)

    def kill_connections(self) -> None:
        """End every session that learner code has, as a restart of the database would."""
        self._database.end_sessions()


def _show_parameters(parameters: Sequence[Any] | Mapping[str, Any]) -> Any:
    if isinstance(parameters, Mapping):
        return {name: str(value) for name, value in parameters.items()}
    return [str(value) for value in parameters]

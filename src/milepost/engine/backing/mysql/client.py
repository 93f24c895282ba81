"""The `mysql` fixture: a check looks into its database, prepares it, and disturbs it on purpose.

Everything runs in sessions of the check and leaves evidence. What the learner's code ran is told by
MariaDB's general log, which that code cannot turn off.
"""

import time

import pymysql

from milepost.engine.backing.mysql.catalog import read_tables
from milepost.engine.backing.mysql.plans import PlanNode, read_plan, show_plan
from milepost.engine.backing.mysql.ran_statements import (
    LIST_STATEMENTS,
    RanStatement,
    read_statements,
    show_statements,
)
from milepost.engine.backing.mysql.session import MysqlSession, Parameters
from milepost.engine.evidence.tables import TITLE


class Mysql(MysqlSession):
    """The check's database."""

    @property
    def url(self) -> str:
        """The address that the learner's service has in its environment, as DATABASE_URL."""
        return self._database.check.environment["DATABASE_URL"]

    def tables(self) -> list[str]:
        """List the tables by name, without views."""
        return self._database.check.take("values tables", self._database.list_tables())

    def statements(self) -> list[RanStatement]:
        """List what the learner's code or SQL ran so far, in order, prepared with its values."""
        looker = self._database.connect()
        try:
            cursor = looker.cursor()
            cursor.execute(LIST_STATEMENTS, [f"{self._database.learner}[%"])
            ran = read_statements(cursor.fetchall(), self._database.own_sessions)
        except pymysql.Error as error:
            raise self._database.blame(error) from error
        finally:
            self._database.end(looker)
        return self._database.check.take("records statements", ran)

    def show_statements(self) -> None:
        """Put what learner code ran into the evidence. The fixture does so when a check fails."""
        if self._database.is_touched and not self._database.has_run_files:  # those are evidence
            show_statements(self._database.check.recorder, self.statements())

    def show_tables(self) -> None:
        """Put the tables, with their columns and keys, into the evidence."""
        tables = read_tables(self._database)
        self._database.check.recorder.note(TITLE, tables.to_values())

    def plan(self, sql: str, parameters: Parameters = None) -> PlanNode:
        """Run a statement under ANALYZE, undo what it changed, and return its plan."""
        since = time.monotonic()
        is_touched = self._database.is_touched
        fresh = (self._database.connect_shop if is_touched else self._database.connect)()
        try:
            self._database.require_sound(sql)
            fresh.begin()
            rows, _ = self._ask(fresh, f"ANALYZE FORMAT=JSON {sql}", parameters)
        except pymysql.Error as error:
            raise self._database.blame(error) from error
        finally:
            self._database.end(fresh)
        plan = read_plan(str(rows[0][0]))
        show_plan(self._database.check.recorder, sql, plan, since=since, role="check")
        return plan

    def session(self) -> MysqlSession:
        """Open a second session; it ends with the check."""
        return MysqlSession(self._database)

    def kill_connections(self) -> None:
        """End every session that learner code has, as a restart of the database would."""
        self._database.end_sessions()

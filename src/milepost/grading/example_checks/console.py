"""The checks that a console of a lab is run by: statements in its database, or the plan of one.

Nothing is judged. What the database refuses is told, and the tables are shown as they are then.
"""

from typing import Any, Protocol

from milepost.engine.checks import check, note
from milepost.engine.checks.sql_runs import SqlRun
from milepost.engine.evidence.sql import PLAN_AS_TEXT

STATEMENTS = "console.sql"


class Sql(Protocol):
    """The `sql` fixture of either database."""

    def text(self, file: str) -> str: ...
    def run(self, file: str, /, *, may_fail: bool) -> SqlRun: ...
    def explain(self, file: str, /) -> SqlRun: ...


@check(task="console", objectives=[])
def test_it_runs(sql: Sql, database: Any) -> None:
    """The statements are run, if there are any"""
    if sql.text(STATEMENTS).strip():
        sql.run(STATEMENTS, may_fail=True)
    database.show_tables()


@check(task="console", objectives=[])
def test_it_is_planned(sql: Sql, database: Any) -> None:
    """The plan of the one statement is shown"""
    planned = sql.explain(STATEMENTS)
    note(PLAN_AS_TEXT, plan="\n".join(str(row[0]) for row in planned.rows))
    database.show_tables()

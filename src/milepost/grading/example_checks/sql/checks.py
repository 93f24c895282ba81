"""The one check that an example in SQL is run by: what the lesson has before it, then the example.

Both run as a learner's files do. What PostgreSQL refuses of the example is told, and fails nothing.
"""

from milepost.engine.backing.postgres.sql import Sql
from milepost.engine.checks import check

BEFORE, EXAMPLE = "before.sql", "example.sql"


@check(task="run", objectives=[])
def test_it_runs(sql: Sql) -> None:
    """The example is run"""
    if sql.text(BEFORE).strip():
        sql.run(BEFORE)
    sql.run(EXAMPLE, may_fail=True)

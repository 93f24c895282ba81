"""What a stack has to do whose files a database runs.

`answer.sql` selects the number 1 as `one`, and the variable `:word` as `word`.
"""

from milepost.engine.backing.postgres.sql import Sql
from milepost.engine.checks import check


@check(task="statements", objectives=["statements"])
def test_rows(sql: Sql) -> None:
    run = sql.run("answer.sql", word="Café")

    assert run.columns == ("one", "word")
    assert [tuple(row) for row in run.rows] == [(1, "Café")]

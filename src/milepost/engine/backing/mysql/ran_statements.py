"""The statements that learner code ran, as MariaDB's general log tells them, and as evidence.

The log is a table that learner code can neither read nor turn off. It has a statement as it
arrives, a prepared one with its values, and says nothing of what became of it.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from milepost.engine.checks.evidence import Recorder
from milepost.engine.checks.rows import Row
from milepost.engine.evidence.contract import Actor
from milepost.engine.evidence.sql import SqlStatement, StatementText

_MOST_SHOWN = 60
_MOST_CHARACTERS = 4000
LIST_STATEMENTS = """
    SELECT CAST(thread_id AS CHAR), event_time, CONVERT(argument USING utf8mb4)
    FROM mysql.general_log
    WHERE user_host LIKE %s AND command_type IN ('Query', 'Execute')
    LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class RanStatement:
    """A statement that learner code ran. `session` is the same for all over one connection."""

    sql: str
    session: str
    at: str  # when it arrived, in UTC


def read_statements(rows: Iterable[Row], own: frozenset[str]) -> list[RanStatement]:
    """Read rows of the log, but for those of sessions that are the check's own."""
    return [
        RanStatement(str(sql)[:_MOST_CHARACTERS], session, at.isoformat())
        for session, at, sql in rows
        if session not in own
    ]


def show_statements(recorder: Recorder, ran: Sequence[RanStatement]) -> None:
    """Put what ran into the evidence, the last of it if there is very much."""
    since_boot = time.time() - time.monotonic()
    left_out = len(ran) - _MOST_SHOWN
    if left_out > 0:
        recorder.note(f"Your code ran {left_out} more statements before those that are shown")
    sessions = list(dict.fromkeys(each.session for each in ran))
    for each in ran[-_MOST_SHOWN:]:
        stamp = datetime.fromisoformat(each.at).replace(tzinfo=UTC).timestamp()
        at = max(stamp - since_boot, recorder.started_at)
        piece = SqlStatement(
            title=" ".join(each.sql.split()),
            actor=Actor.LEARNER,
            request=StatementText(
                sql=each.sql.strip(),
                database_role="you",
                connection=sessions.index(each.session) + 1,
            ),
        )
        recorder.record(piece, since=at, until=at)

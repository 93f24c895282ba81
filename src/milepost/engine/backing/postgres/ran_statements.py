"""The statements that learner code ran, as PostgreSQL's log tells them, and as evidence.

Each stands in the timeline where it ran, between the request that caused it and the answer. How
the log is read is the engine's business.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from milepost.engine.checks.evidence import Recorder
from milepost.engine.evidence.contract import NOTHING, Actor
from milepost.engine.evidence.sql import Refused, SqlStatement, StatementText

_MOST_SHOWN = 60
_STAMP_CHARACTERS = len("2026-11-22 12:30:47.123")


@dataclass(frozen=True, slots=True)
class RanStatement:
    """A statement that learner code ran. Where it failed, `duration_ms` is None.

    Of one that failed there are no `parameters`; `detail` is what the server adds to its `error`.
    `session` is the same for all that ran over one connection.
    """

    sql: str
    duration_ms: float | None
    parameters: str
    error: str | None
    detail: str
    session: str
    at: str  # when it had ended, in UTC

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "RanStatement":
        """Take over what the engine found in the log."""
        return cls(**found)


def show_statements(recorder: Recorder, ran: Sequence[RanStatement]) -> None:
    """Put what ran into the evidence, the last of it if there is very much."""
    since_boot = time.time() - time.monotonic()
    left_out = len(ran) - _MOST_SHOWN
    if left_out > 0:
        recorder.note(
            f"Your code ran {left_out} more statements before those that are shown",
            since=max(_ended_at(ran[left_out], since_boot), recorder.started_at),
        )
    sessions = list(dict.fromkeys(each.session for each in ran))
    for each in ran[-_MOST_SHOWN:]:
        _show(recorder, each, sessions.index(each.session) + 1, since_boot)


def _show(recorder: Recorder, ran: RanStatement, connection: int, since_boot: float) -> None:
    ended = max(_ended_at(ran, since_boot), recorder.started_at)
    piece = SqlStatement(
        title=" ".join(ran.sql.split()),
        actor=Actor.LEARNER,
        request=StatementText(
            sql=ran.sql.strip(),
            parameters=ran.parameters.removeprefix("Parameters: ") or None,
            database_role="you",
            connection=connection,
        ),
        response=NOTHING if ran.error is None else Refused(ran.error, ran.detail or None),
    )
    since = max(ended - (ran.duration_ms or 0) / 1000, recorder.started_at)
    recorder.record(piece, since=since, until=ended)


def _ended_at(ran: RanStatement, since_boot: float) -> float:
    """Return when it had ended, as a time of `time.monotonic`; the log knows milliseconds."""
    stamp = datetime.fromisoformat(ran.at[:_STAMP_CHARACTERS]).replace(tzinfo=UTC)
    return stamp.timestamp() - since_boot

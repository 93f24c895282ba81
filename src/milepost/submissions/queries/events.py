"""Reads of what happens in a grading, for those who follow it: one prepared statement a look.

Events are numbered, so a reader says which it had last and gets those after it.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_

from milepost.accounts.types import Actor
from milepost.core.database import Database
from milepost.core.statements import Statement
from milepost.engine import CheckResult, Verdict
from milepost.submissions.errors import GradingNotFound
from milepost.submissions.misconceptions import LEARNERS_FAULTS
from milepost.submissions.models import CheckRecord, Grading, Submission
from milepost.submissions.queries.gradings import (
    GRADING_FACTS,
    explain_wait,
    get_grading,
    in_order,
    show_check,
    show_place,
    to_bare_view,
)
from milepost.submissions.queries.standing import show_passed_stages
from milepost.submissions.types import GradingEvent, GradingView

INTERRUPTION_POSITION = 999_999  # after every check of its attempt
VERDICT_POSITION = 1_000_000

_IS_OWN = (Grading.id == bindparam("grading_id")) & (
    Submission.learner_id == bindparam("learner_id")
)
_NEWS = Statement(
    select(*(getattr(Grading, name) for name in GRADING_FACTS))
    .add_columns(CheckRecord.position, CheckRecord.result)
    .join(Grading.submission)
    .outerjoin(
        CheckRecord,
        (CheckRecord.grading_id == Grading.id)
        & (CheckRecord.attempt == Grading.attempt)
        & (
            tuple_(CheckRecord.attempt, CheckRecord.position)
            > tuple_(bindparam("after_attempt"), bindparam("after_position"))
        ),
    )
    .where(_IS_OWN)
    .order_by(CheckRecord.position)
)


async def list_events_after(
    database: Database, actor: Actor, grading_id: UUID, *, after: tuple[int, int]
) -> list[GradingEvent]:
    """Return what happened in a grading after the event numbered `after`, in order.

    Checks that the reader has are not read again, but for those that a verdict tells once more.
    `doubted` comes with every look while it is so, under the number of the event before it: checks
    may still follow, and a reader that resumes there must not miss them.
    """
    own = {"grading_id": grading_id, "learner_id": actor.id}
    rows = await _read_news(database, own, after)
    if not rows:
        raise GradingNotFound(grading_id)
    grading = _read_grading(rows[0])
    if grading.attempt == 0 and grading.verdict is None:
        return []
    checks = [(position, show_check(result)) for *_, position, result in rows if position]
    events = [
        GradingEvent(grading.attempt, position, "check", check=check) for position, check in checks
    ]
    if grading.attempt > 0 and (grading.attempt, 0) > after:
        events.insert(0, GradingEvent(grading.attempt, 0, "started", grading=grading))
    if grading.doubted_at is not None and grading.verdict is None and grading.retry_at is None:
        _, last = max(after, (grading.attempt, checks[-1][0] if checks else 0))
        events.append(GradingEvent(grading.attempt, last, "doubted", grading=grading))
    if grading.retry_at is not None and (grading.attempt, INTERRUPTION_POSITION) > after:
        events.append(
            GradingEvent(grading.attempt, INTERRUPTION_POSITION, "interrupted", grading=grading)
        )
    if grading.verdict is not None and (grading.attempt, VERDICT_POSITION) > after:
        if grading.verdict in LEARNERS_FAULTS:
            view = await _get_finished(database, actor, grading_id)
        else:
            has_all = (grading.attempt, 1) > after
            every = rows if has_all else await _read_news(database, own, (grading.attempt, 0))
            view = replace(grading, checks=_show_in_order(every))
            if grading.verdict is Verdict.PASSED:
                view = await show_passed_stages(database, view)
        events.append(GradingEvent(grading.attempt, VERDICT_POSITION, "verdict", grading=view))
    return events


async def find_queued_event(
    database: Database, actor: Actor, grading_id: UUID
) -> GradingEvent | None:
    """Return where a grading stands that waits for its first run.

    None once it has begun, or was cancelled before it could.
    """
    own = {"grading_id": grading_id, "learner_id": actor.id}
    rows = await _read_news(database, own, (0, 0))
    if not rows:
        raise GradingNotFound(grading_id)
    grading = _read_grading(rows[0])
    if grading.attempt > 0 or grading.verdict is not None:
        return None
    grading, place = await show_place(database.reader.list_rows, grading)
    if place.position is not None and not place.slots:
        async with database.transaction() as session:
            grading = await explain_wait(session, grading, place)
    return GradingEvent(0, 0, "queued", grading=grading)


async def _read_news(
    database: Database, own: dict[str, UUID], after: tuple[int, int]
) -> list[tuple[Any, ...]]:
    """Read the grading with each check after `after`; without one there is still a row."""
    return await database.reader.list_rows(
        _NEWS, **own, after_attempt=after[0], after_position=after[1]
    )


def _show_in_order(rows: list[tuple[Any, ...]]) -> tuple[CheckResult, ...]:
    return tuple(show_check(result) for result in in_order([row[-1] for row in rows if row[-1]]))


def _read_grading(row: tuple[Any, ...]) -> GradingView:
    facts = dict(zip(GRADING_FACTS, row, strict=False))  # a check's columns follow
    if facts["verdict"] is not None:
        facts["verdict"] = Verdict(facts["verdict"])
    return to_bare_view(facts)


async def _get_finished(database: Database, actor: Actor, grading_id: UUID) -> GradingView:
    """Read everything that a failure tells: all checks, stages, and what leads on from there."""
    async with database.transaction() as session:
        return await get_grading(session, actor, grading_id)

"""Following a grading as it happens, for pages and the API alike.

Events are read from the database, each once and in order; an announcement only says when to look.
A reader that comes back with the number of its last event misses none and sees none twice.
Invariant: nothing is sent to a reader whose session or token has ended meanwhile.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from starlette.requests import Request

from milepost.accounts.policy import access_topic
from milepost.accounts.types import Actor
from milepost.core.announcements import Listener
from milepost.core.database import Database
from milepost.submissions import queries
from milepost.submissions.service import grading_topic
from milepost.submissions.types import GradingEvent

FIRST = (0, -1)
_LOOK_ANYWAY_SECONDS = 10.0
_MOMENT_SECONDS = 0.2  # most gradings begin sooner than a place in the queue could be read
_QUEUE_SECONDS = 2.0  # others' jobs move a grading up, and say nothing of it to its readers


def read_last_event_id(request: Request) -> tuple[int, int]:
    """Return (attempt, position) of the last event the reader had, or the start.

    From `Last-Event-ID`, which browsers send when they reconnect, or `?after=`.
    """
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    match = re.fullmatch(r"(\d{1,6})\.(\d{1,7})", text)
    return (int(match[1]), int(match[2])) if match else FIRST


async def follow_grading(
    database: Database,
    listener: Listener,
    actor: Actor,
    grading_id: UUID,
    *,
    is_let_in: Callable[[], Awaitable[bool]],
    after: tuple[int, int] = FIRST,
) -> AsyncGenerator[GradingEvent, None]:
    """Yield every event after `after` until the verdict. Each look is two reads.

    While the grading waits for its first run, its place is an event whenever it has changed. That
    the lab itself is being looked at (`doubted`) is told once.
    """
    shown: tuple[object, ...] = ()
    is_doubted = False
    pause = _MOMENT_SECONDS
    async with listener.subscribe(grading_topic(grading_id), access_topic(actor.id)) as bell:
        while after[1] < queries.VERDICT_POSITION:  # a reader that has the verdict has everything
            bell.clear()
            events = await queries.list_events_after(database, actor, grading_id, after=after)
            if not await is_let_in():
                return
            for event in events:
                if event.kind != "doubted" or not is_doubted:
                    yield event
                is_doubted = event.kind == "doubted"
                after = (event.attempt, event.position)
            if after[0] > 0:
                pause = _LOOK_ANYWAY_SECONDS
            if after[1] >= queries.VERDICT_POSITION or await _rings(bell, pause) or after[0] > 0:
                continue
            async with database.transaction() as session:
                queued = await queries.find_queued_event(session, actor, grading_id)
            if queued is not None and (place := _place_of(queued)) != shown:
                shown = place
                yield queued
            pause = _QUEUE_SECONDS


async def _rings(bell: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        return await asyncio.wait_for(bell.wait(), seconds)
    return False


def _place_of(event: GradingEvent) -> tuple[object, ...]:
    """Return what a reader is shown of a waiting grading's place."""
    grading = event.grading
    if grading is None:
        return ()
    wait = grading.expected_wait_seconds
    return (
        grading.queue_position,
        None if wait is None else round(wait),
        grading.grading_slots,
        grading.waits_because,
    )

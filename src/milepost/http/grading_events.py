"""Following a grading as it happens, for pages and the API alike.

Events are read from the database, each once and in order; an announcement only says when to look.
A reader that comes back with the number of its last event misses none and sees none twice.
Invariant: nothing is sent to a reader whose session or token has ended meanwhile.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from uuid import UUID

from sse_starlette import ServerSentEvent
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
) -> AsyncGenerator[Sequence[GradingEvent], None]:
    """Yield the events after `after` until the verdict, those of one look together.

    The first look is for one who was let in just now. It raises `GradingNotFound`, and is yielded
    even if it shows nothing, so that a refusal comes before any stream begins. Later ones are two
    reads. While the grading waits for its first run, its place is an event whenever it has changed.
    """
    shown: tuple[object, ...] = ()
    told, is_first, pause = "", True, _MOMENT_SECONDS
    async with listener.subscribe(grading_topic(grading_id), access_topic(actor.id)) as bell:
        while True:
            bell.clear()
            events = await queries.list_events_after(database, actor, grading_id, after=after)
            if not is_first and not await is_let_in():
                return
            if events or is_first:
                yield _leave_out_repeated_doubt(told, events)
            if events:
                told, after = events[-1].kind, (events[-1].attempt, events[-1].position)
            is_first = False
            if after[0] > 0:
                pause = _LOOK_ANYWAY_SECONDS
            if after[1] >= queries.VERDICT_POSITION:  # this reader has everything
                return
            if await _rings(bell, pause) or after[0] > 0:
                continue
            queued = await queries.find_queued_event(database, actor, grading_id)
            if queued is not None and (place := _place_of(queued)) != shown:
                shown = place
                yield [queued]
            pause = _QUEUE_SECONDS


async def stream_events(
    first: Sequence[GradingEvent],
    following: AsyncGenerator[Sequence[GradingEvent], None],
    show: Callable[[GradingEvent], Awaitable[str]],
) -> AsyncGenerator[bytes, None]:
    """Yield a look's events as one piece of a stream of server-sent events, as `show` writes them.

    A verdict takes longest to write, so the checks before it are sent without it.
    """
    async with aclosing(following):
        async for events in _begin_with(first, following):
            *earlier, last = events
            pieces = [earlier, [last]] if last.kind == "verdict" else [events]
            for piece in filter(None, pieces):
                yield b"".join([await _encode(event, show) for event in piece])


async def _begin_with(
    first: Sequence[GradingEvent], following: AsyncGenerator[Sequence[GradingEvent], None]
) -> AsyncGenerator[Sequence[GradingEvent], None]:
    if first:
        yield first
    async for events in following:
        if events:
            yield events


async def _encode(event: GradingEvent, show: Callable[[GradingEvent], Awaitable[str]]) -> bytes:
    return ServerSentEvent(await show(event), event=event.kind, id=event.id).encode()


def _leave_out_repeated_doubt(told: str, events: Sequence[GradingEvent]) -> Sequence[GradingEvent]:
    """Return the events without a `doubted` that follows another, the last one `told` included."""
    before = [told, *(event.kind for event in events)]
    return [
        event
        for event, kind in zip(events, before, strict=False)
        if not event.kind == kind == "doubted"
    ]


async def _rings(bell: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await bell.wait()
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

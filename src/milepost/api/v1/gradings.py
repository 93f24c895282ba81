"""Gradings: one with its checks, and its events as they happen.

The stream belongs to whoever may read the grading; that is settled before it begins.
"""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse
from starlette.requests import Request

from milepost.api.v1.schemas.gradings import (
    CheckOut,
    GradingDoubtedOut,
    GradingInterruptedOut,
    GradingOut,
    GradingQueuedOut,
    GradingStartedOut,
)
from milepost.api.v1.schemas.shapes import Shape
from milepost.http.dependencies import (
    CurrentLearner,
    DatabaseDep,
    ListenerDep,
    SessionDep,
    is_let_in,
)
from milepost.http.grading_events import follow_grading, read_last_event_id, stream_events
from milepost.http.problems import problems
from milepost.submissions import queries
from milepost.submissions.errors import GradingNotFound
from milepost.submissions.types import GradingEvent

router = APIRouter(prefix="/gradings", tags=["gradings"])

_STREAM = "text/event-stream"
_EXAMPLE = (
    'id: 0.0\nevent: queued\ndata: {"id": "…", "queue_position": 3, '
    '"expected_wait_seconds": 4.2, "grading_slots": 2}\n\n'
    'id: 1.0\nevent: started\ndata: {"id": "…", "attempt": 1, "started_at": "…"}\n\n'
    'id: 1.1\nevent: check\ndata: {"name": "test_…", "outcome": "passed", …}\n\n'
    'id: 1.1000000\nevent: verdict\ndata: {"verdict": "passed", "checks": […], …}\n\n'
)
_SHAPES: dict[str, type[Shape]] = {
    "queued": GradingQueuedOut,
    "started": GradingStartedOut,
    "doubted": GradingDoubtedOut,
    "interrupted": GradingInterruptedOut,
    "verdict": GradingOut,
}


@router.get("/{grading}", responses=problems(GradingNotFound))
async def show_grading(grading: UUID, session: SessionDep, actor: CurrentLearner) -> GradingOut:
    """Show a grading: where it stands, and every check that has finished, with its evidence."""
    return GradingOut.model_validate(await queries.get_grading(session, actor, grading))


@router.get(
    "/{grading}/events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "`queued` carries the place of a grading that waits, and comes again "
            "whenever that changes; `started` carries the attempt, `check` one finished check; "
            "`doubted` says that a check could not read the answer, and that the lab's own "
            "solution is being graded to see whose fault that is; "
            "`interrupted` says when a run that failed through a fault of ours is tried again; "
            "`verdict` carries the whole grading and ends the stream.",
            "content": {_STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
        },
        **problems(GradingNotFound),
    },
)
async def stream_grading_events(
    grading: UUID,
    request: Request,
    actor: CurrentLearner,
    database: DatabaseDep,
    listener: ListenerDep,
    last_event_id: Annotated[  # noqa: ARG001  declared for the reference, read from the request
        str | None, Header(description="The `id` of the last event that arrived.")
    ] = None,
    after: Annotated[  # noqa: ARG001  likewise
        str | None, Query(description="The same, where a header can't be set.")
    ] = None,
) -> EventSourceResponse:
    """Follow a grading as server-sent events, until its verdict.

    An event's id is `attempt.position`. Coming back with the id of the last event that arrived
    loses none and repeats none. A `started` with a higher attempt means that the grading began
    anew, after a fault of ours: checks of earlier attempts no longer count. The stream ends when
    the token or session that it was asked for with ends.
    """
    following = follow_grading(
        database,
        listener,
        actor,
        grading,
        is_let_in=partial(is_let_in, request, actor),
        after=read_last_event_id(request),
    )
    first = await anext(following)
    return EventSourceResponse(stream_events(first, following, _to_json))


async def _to_json(event: GradingEvent) -> str:
    if event.check is not None:
        return CheckOut.model_validate(event.check).model_dump_json()
    return _SHAPES[event.kind].model_validate(event.grading).model_dump_json()

"""Which handler runs which task, when it is tried again, and what comes round by the clock.

A payload is validated before its handler sees it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import App, RetryStrategy

from milepost.core.queue import Payload
from milepost.grading.service import grade_submission
from milepost.grading.types import TaskContext
from milepost.submissions import service as submissions
from milepost.submissions.tasks import GradeSubmission

_SCHEDULED = -100  # behind a person's first hundred turns; each takes a moment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """One task: its payload, the function that does it, and when to try again."""

    payload: type[Payload]
    run: Callable[[Any, TaskContext], Awaitable[None]]
    retry: RetryStrategy


HANDLERS = (
    Handler(
        payload=GradeSubmission,
        run=grade_submission,
        # Without an end here: the handler itself ends a grading after its last attempt, and a
        # database that is away must not use attempts up.
        retry=RetryStrategy(wait=1, linear_wait=2),
    ),
)


def register_handlers(app: App, context: TaskContext) -> None:
    """Teach the queue's `app` every task that this worker can do."""
    for handler in HANDLERS:
        _register(app, context, handler)


def register_schedule(app: App, context: TaskContext) -> None:
    """Teach the queue's `app` what comes round by the clock, once for all workers together."""

    @app.periodic(cron="17 * * * *")
    @app.task(name="delete_old_tries", queue="schedule", priority=_SCHEDULED, pass_context=False)
    async def delete_old_tries(timestamp: int) -> None:  # noqa: ARG001  the queue passes it
        async with context.database.transaction() as session:
            deleted = await submissions.delete_old_tries(session)
        log.info("old_tries_deleted", count=deleted)


def _register(app: App, context: TaskContext, handler: Handler) -> None:
    async def run(**arguments: Any) -> None:
        await handler.run(handler.payload.model_validate(arguments), context)

    app.task(name=handler.payload.task, queue=handler.payload.queue, retry=handler.retry)(run)

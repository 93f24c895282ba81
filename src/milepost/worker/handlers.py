"""Which handler runs which task, when it is tried again, and what comes round by the clock.

A payload is validated before its handler sees it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from milepost.core.clock import utc_now
from milepost.core.queue import AGAIN_PRIORITY, Payload
from milepost.examples import service as examples
from milepost.examples.tasks import RunExample
from milepost.grading.errors import GradingInterrupted
from milepost.grading.retry import choose_pause
from milepost.grading.service import grade_submission, run_example
from milepost.grading.types import TaskContext
from milepost.submissions import service as submissions
from milepost.submissions.tasks import GradeSubmission

_SCHEDULED = -100  # behind a person's first hundred turns; each takes a moment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """One task: its payload, the function that does it, and when to try again.

    The function returns whether what it did shows that the machine is sound.
    """

    payload: type[Payload]
    run: Callable[[Any, TaskContext], Awaitable[bool]]
    retry: BaseRetryStrategy


class RetryAfterPause(BaseRetryStrategy):
    """Tries again when the fault says so, or after a pause that grows; before all turns then.

    There is no end here: the handler itself ends a grading after its last fault, and a database
    that is away must not use up what a grading has.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Say when."""
        retry_at = exception.retry_at if isinstance(exception, GradingInterrupted) else None
        pause = timedelta(seconds=choose_pause(job.attempts + 1))
        return RetryDecision(retry_at=retry_at or utc_now() + pause, priority=AGAIN_PRIORITY)


HANDLERS = (
    Handler(
        payload=GradeSubmission,
        run=grade_submission,
        retry=RetryAfterPause(),
    ),
    Handler(
        payload=RunExample,
        run=run_example,
        retry=RetryAfterPause(),
    ),
)


class Watcher(Protocol):
    """Whoever is told how each task ended, as `milepost.worker.condition.Condition` is."""

    def note_end(self) -> None:
        """A task came to its end, and showed that the machine is sound."""

    def note_fault(self, fault: GradingInterrupted) -> None:
        """A task ended through a fault of ours."""


def register_handlers(app: App, context: TaskContext, watcher: Watcher | None = None) -> None:
    """Teach the queue's `app` every task that this worker can do."""
    for handler in HANDLERS:
        _register(app, context, handler, watcher)


def register_schedule(app: App, context: TaskContext) -> None:
    """Teach the queue's `app` what comes round by the clock, once for all workers together."""

    @app.periodic(cron="17 * * * *")
    @app.task(name="delete_old_tries", queue="schedule", priority=_SCHEDULED, pass_context=False)
    async def delete_old_tries(timestamp: int) -> None:  # noqa: ARG001  the queue passes it
        async with context.database.transaction() as session:
            deleted = await submissions.delete_old_tries(session)
        log.info("old_tries_deleted", count=deleted)

    @app.periodic(cron="*/10 * * * *")
    @app.task(
        name="delete_expired_examples", queue="schedule", priority=_SCHEDULED, pass_context=False
    )
    async def delete_expired_examples(timestamp: int) -> None:  # noqa: ARG001  as above
        async with context.database.transaction() as session:
            deleted = await examples.delete_expired_runs(session)
        log.info("expired_examples_deleted", count=deleted)


def _register(app: App, context: TaskContext, handler: Handler, watcher: Watcher | None) -> None:
    async def run(**arguments: Any) -> None:
        try:
            is_sound = await handler.run(handler.payload.model_validate(arguments), context)
        except GradingInterrupted as fault:
            if watcher is not None:
                watcher.note_fault(fault)
            raise
        if is_sound and watcher is not None:
            watcher.note_end()

    app.task(name=handler.payload.task, queue=handler.payload.queue, retry=handler.retry)(run)

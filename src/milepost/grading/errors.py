"""Faults of ours while grading.

They cost the learner nothing: the job is tried again.
"""

from datetime import datetime
from uuid import UUID

from milepost.core.errors import UnavailableError


class GradingInterrupted(UnavailableError):
    """The engine failed through a fault of ours; the queue tries again at `retry_at`."""

    code = "grading_interrupted"

    def __init__(self, grading_id: UUID, reason: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(
            f"Grading stopped through a fault of Milepost's own ({reason}). It is tried again.",
            grading=str(grading_id),
        )
        self.grading_id = grading_id
        self.reason = reason
        self.retry_at = retry_at


class WorkerUnfit(GradingInterrupted):
    """The worker that has a grading can't do it at all; the queue keeps it for one that can."""

    code = "worker_unfit"

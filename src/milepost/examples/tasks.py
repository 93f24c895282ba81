"""The job that a run of an example puts into the queue.

Its handler lives higher, where the engine is known.
"""

from typing import ClassVar
from uuid import UUID

from milepost.core.queue import FairPayload


class RunExample(FairPayload):
    """Run one example and keep what it printed. It is in the queue of what is graded, and waits."""

    task: ClassVar[str] = "run_example"
    queue: ClassVar[str] = "grading"

    run_id: UUID

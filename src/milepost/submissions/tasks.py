"""The jobs that submissions put into the queue.

Their handlers live higher, where the engine is known.
"""

from typing import ClassVar
from uuid import UUID

from milepost.core.queue import FairPayload


class GradeSubmission(FairPayload):
    """Run one grading and record its verdict. Its flow is the learner who waits for it."""

    task: ClassVar[str] = "grade_submission"
    queue: ClassVar[str] = "grading"

    grading_id: UUID

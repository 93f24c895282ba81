"""The request that a queued grading makes of the engine.

Built from rows that were read in one short transaction. Invariant: nothing here reads the database.
"""

from pathlib import Path

from milepost.engine import GradeRequest, GradingSpec
from milepost.submissions.types import StartedGrading, SubmissionKind


def build_request(grading: StartedGrading, *, lab: Path) -> GradeRequest:
    """Return what the engine is asked for this grading. `lab` is its unpacked package.

    A try runs the visible checks only, or those of them that it names; its seed is its own.
    """
    return GradeRequest(
        run_id=f"{grading.id}-{grading.attempt}",
        lab=lab,
        stack=grading.stack,
        spec=GradingSpec.from_json(grading.spec),
        files=grading.files,
        seed=grading.seed,
        include_hidden=grading.kind is SubmissionKind.SUBMISSION,
        only=grading.only,
    )

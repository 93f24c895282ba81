"""What a queued grading asks of the engine.

Built from rows that were read in one short transaction; nothing here touches the database.
"""

from pathlib import Path

from milepost.engine import Entry, GradeRequest, Limits
from milepost.submissions.types import StartedGrading, SubmissionKind


def build_request(grading: StartedGrading, *, lab: Path) -> GradeRequest:
    """Return what the engine is asked for this grading. `lab` is its unpacked package.

    A try runs the visible checks only, or those of them that it names; its seed is its own.
    """
    entry = grading.entry
    return GradeRequest(
        run_id=f"{grading.id}-{grading.attempt}",
        lab=lab,
        stack=grading.stack,
        entry=Entry(
            program=tuple(entry["program"]),
            module=entry["module"],
            service=tuple(entry.get("service", ())),  # older versions of labs have none
        ),
        files=grading.files,
        seed=grading.seed,
        limits=Limits(**grading.limits),
        include_hidden=grading.kind is SubmissionKind.SUBMISSION,
        only=grading.only,
        services=tuple(grading.services),
    )

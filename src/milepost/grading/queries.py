"""What a queued grading asks of the engine.

Built from rows that were read in one short transaction; nothing here touches the database.
"""

from pathlib import Path

from milepost.engine import Entry, GradeRequest, Limits
from milepost.submissions.models import Grading
from milepost.submissions.types import SubmissionKind


def build_request(grading: Grading, *, lab: Path) -> GradeRequest:
    """Return what the engine is asked for this grading. `lab` is its unpacked package.

    A try runs the visible checks only, or those of them that it names; its seed is its own.
    """
    submission = grading.submission
    manifest = submission.lab_version.manifest
    entry = manifest["entries"][submission.stack]
    return GradeRequest(
        run_id=f"{grading.id}-{grading.attempt}",
        lab=lab,
        stack=submission.stack,
        entry=Entry(
            program=tuple(entry["program"]),
            module=entry["module"],
            service=tuple(entry.get("service", ())),  # older versions of labs have none
        ),
        files={file.path: file.content for file in submission.files},
        seed=grading.seed,
        limits=Limits(**manifest["limits"]),
        include_hidden=submission.kind is SubmissionKind.SUBMISSION,
        only=tuple(submission.only),
        services=tuple(manifest.get("services", ())),  # older versions of labs have none
    )

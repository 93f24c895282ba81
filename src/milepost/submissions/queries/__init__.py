"""Reads of submissions and gradings, as their learner may see them.

Another person's submission is not found, and hidden checks are redacted before they leave here.
"""

from milepost.submissions.queries.drafts import find_draft, list_drafts
from milepost.submissions.queries.events import (
    VERDICT_POSITION,
    find_queued_event,
    list_events_after,
)
from milepost.submissions.queries.gradings import (
    get_grading,
    list_given_up,
    list_gradings,
    select_given_up,
)
from milepost.submissions.queries.jobs import JobState, JobView, list_jobs
from milepost.submissions.queries.submissions import (
    find_passed_files,
    get_submission,
    get_submission_files,
    list_submissions,
)

__all__ = [
    "VERDICT_POSITION",
    "JobState",
    "JobView",
    "find_draft",
    "find_passed_files",
    "find_queued_event",
    "get_grading",
    "get_submission",
    "get_submission_files",
    "list_drafts",
    "list_events_after",
    "list_given_up",
    "list_gradings",
    "list_jobs",
    "list_submissions",
    "select_given_up",
]

"""Reads of submissions and gradings, as their learner may see them.

Another person's submission is not found, and hidden checks are redacted before they leave here.
"""

from milepost.submissions.queries.answers import get_answers, has_answers
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
from milepost.submissions.queries.hints import count_opened_hints, find_hints
from milepost.submissions.queries.jobs import JobState, JobView, list_jobs
from milepost.submissions.queries.standing import list_stages
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
    "count_opened_hints",
    "find_draft",
    "find_hints",
    "find_passed_files",
    "find_queued_event",
    "get_answers",
    "get_grading",
    "get_submission",
    "get_submission_files",
    "has_answers",
    "list_drafts",
    "list_events_after",
    "list_given_up",
    "list_gradings",
    "list_jobs",
    "list_stages",
    "list_submissions",
    "select_given_up",
]

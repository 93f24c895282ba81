"""What can go wrong with handing in and with reading gradings, each with what to do next.

Another learner's work is not found rather than forbidden.
"""

from datetime import datetime
from uuid import UUID

from milepost.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    StaleError,
    TooLargeError,
)

# Said of tries too, which are no submissions.
NOTHING_SENT = "Nothing was sent to be graded. "
DRAFT_NOT_SAVED = "The draft was not saved on the server. "


class SubmissionNotFound(NotFoundError):
    """The submission does not exist, or is another learner's."""

    code = "submission_not_found"

    def __init__(self, submission_id: UUID) -> None:
        super().__init__(
            "There is no such submission. Your list of submissions shows all of yours.",
            submission=str(submission_id),
        )


class GradingNotFound(NotFoundError):
    """The grading does not exist, or is of another learner's submission."""

    code = "grading_not_found"

    def __init__(self, grading_id: UUID) -> None:
        super().__init__(
            "There is no such grading. A submission lists its gradings.", grading=str(grading_id)
        )


class StillBeingGraded(ConflictError):
    """The submission's newest grading has no verdict yet, so it can't be graded again."""

    code = "still_being_graded"

    def __init__(self, grading_id: UUID) -> None:
        super().__init__(
            "It is being graded, or waits to be. `milepost jobs` shows where it stands.",
            grading=str(grading_id),
        )


class JobNotFound(NotFoundError):
    """No job of this number waits or runs."""

    code = "job_not_found"

    def __init__(self, job_id: int) -> None:
        super().__init__(
            f"No job {job_id} waits or runs. `milepost jobs` lists those that do.", job=job_id
        )


class CheckNotFound(NotFoundError):
    """The submission's newest grading has no such check, or none that has finished yet."""

    code = "check_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(
            "There is no such check in this submission. Its page lists all that ran.", check=name
        )


class HintNotOffered(NotFoundError):
    """There is no such step of help with this check of this submission."""

    code = "hint_not_offered"

    def __init__(self, check: str) -> None:
        super().__init__(
            f"There is no hint for {check!a} here. A visible check that failed may have one; its "
            "grading tells which do, and how many steps.",
            check=check,
        )


class HintStepSkipped(ConflictError):
    """A step was asked for before the one that comes first was opened."""

    code = "hint_step_skipped"

    def __init__(self, check: str, following: int) -> None:
        super().__init__(
            f"The steps of a hint open one after the other. Open step {following} first.",
            check=check,
            next_step=following,
        )


class DraftNotFound(NotFoundError):
    """The learner has no draft of this lab in this stack on the server."""

    code = "draft_not_found"

    def __init__(self, lab: str, stack: str) -> None:
        super().__init__(
            f"There is no draft of {lab!a} in {stack!a} on the server. One is there as soon as "
            "something is written on the lab's page.",
            lab=lab,
            stack=stack,
        )


class DraftChanged(StaleError):
    """The draft is another than the one that this change was made from."""

    code = "draft_changed"

    def __init__(self, revision: UUID | None, saved_at: datetime | None) -> None:
        super().__init__(
            f"{DRAFT_NOT_SAVED}It was changed or deleted elsewhere since you read it. Read it "
            "again, and choose which of the two to go on with.",
            revision=None if revision is None else str(revision),
            saved_at=None if saved_at is None else saved_at.isoformat(),
        )


class StackNotOffered(InvalidError):
    """The lab can't be solved in this stack."""

    code = "stack_not_offered"

    def __init__(self, lab: str, stack: str, offered: tuple[str, ...]) -> None:
        super().__init__(
            f"{lab} is not graded in {stack}. Choose one of: {', '.join(offered)}.",
            lab=lab,
            stack=stack,
            offered=list(offered),
        )


class AnswersNotOpen(NotFoundError):
    """The learner has not passed the lab, so nothing of its answers exists for them."""

    code = "answers_not_open"

    def __init__(self, lab: str) -> None:
        super().__init__(
            f"The answers to {lab} are here once a submission of yours has passed. Hand it in from"
            " the lab's page or with `milepost submit`; a failed check offers hints where its"
            " author wrote some.",
            lab=lab,
        )


class AnswersNotShown(NotFoundError):
    """The learner has passed, and yet there is no answer that could be shown."""

    code = "answers_not_shown"

    def __init__(self, lab: str, reason: str) -> None:
        super().__init__(f"{reason} What you handed in stays with your submissions.", lab=lab)


class CheckNotOffered(InvalidError):
    """The lab has no visible check of a name that a try asks for."""

    code = "check_not_offered"

    def __init__(self, lab: str, name: str) -> None:
        super().__init__(
            f"{lab} shows no check called {name!r}, so it can't be run by itself. {NOTHING_SENT}"
            "The lab's page lists those that can.",
            lab=lab,
            check=name,
        )


class SubmissionNotWhole(InvalidError):
    """A submission names checks, though every check judges one."""

    code = "submission_not_whole"

    def __init__(self) -> None:
        super().__init__(
            f"A submission is judged by every check. {NOTHING_SENT}"
            "Leave `only` out, or send a `try`, which may run some checks and proves nothing."
        )


class LabChanged(ConflictError):
    """The lab is another than the version that was asked for."""

    code = "lab_changed"

    def __init__(self, lab: str, title: str, version: str) -> None:
        super().__init__(
            f"{title} has changed since this was loaded. {NOTHING_SENT}"
            "Load the page again: it shows the newest version, and your draft is kept.",
            lab=lab,
            version=version,
        )


class LabClosed(ConflictError):
    """The lab's checks were found at fault, so nothing new is graded until it is fixed."""

    code = "lab_closed"

    def __init__(self, lab: str, title: str) -> None:
        super().__init__(
            f"{title} is closed for now, because one of its own checks is at fault. "
            f"{NOTHING_SENT}It opens again as soon as whoever runs this Milepost has fixed it.",
            lab=lab,
        )


class FileNotAccepted(InvalidError):
    """One of the files has a name or content that can't be accepted."""

    code = "file_not_accepted"

    def __init__(self, path: str, problem: str, *, otherwise: str = NOTHING_SENT) -> None:
        super().__init__(f"{otherwise}{problem}", path=path, problem=problem)


class NothingSubmitted(InvalidError):
    """There is no file to grade."""

    code = "nothing_submitted"

    def __init__(self) -> None:
        super().__init__("There is no file to grade. Add the lab's files and send them again.")


class SubmissionTooLarge(TooLargeError):
    """The files are too many, or too large."""

    code = "submission_too_large"

    def __init__(self, problem: str, *, otherwise: str = NOTHING_SENT, **data: int | str) -> None:
        super().__init__(f"{otherwise}{problem}", **data)


class IdempotencyKeyReused(InvalidError):
    """The key belongs to an earlier request with another lab, stack, kind, files or checks."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key belongs to an earlier request with another lab, stack, kind or "
            "other files, so nothing was handed in. Send a new key with a new request."
        )

"""Submissions: handing in, and what was handed in.

A submission is stored and queued in the request's one transaction, before the answer is sent.
"""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Header

from milepost.api.v1.errors import CursorNotValid
from milepost.api.v1.parameters import Cursor, LabFilter, Limit
from milepost.api.v1.schemas.gradings import CheckHintsOut, GradingOut
from milepost.api.v1.schemas.shapes import Listing, Page
from milepost.api.v1.schemas.submissions import (
    IdempotencyKeyText,
    OpenHint,
    SubmissionOut,
    SubmissionWithFilesOut,
    SubmitSolution,
)
from milepost.catalog.errors import LabNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.errors import AccountChanged, RequestTooLarge
from milepost.http.problems import problems
from milepost.submissions import queries, service
from milepost.submissions.errors import (
    CheckNotOffered,
    FileNotAccepted,
    HintNotOffered,
    HintStepSkipped,
    IdempotencyKeyReused,
    LabChanged,
    LabClosed,
    NothingSubmitted,
    StackNotOffered,
    SubmissionNotFound,
    SubmissionNotWhole,
    SubmissionTooLarge,
)
from milepost.submissions.service.hints import open_hint as open_next_hint

router = APIRouter(prefix="/submissions", tags=["submissions"])

IdempotencyKey = Annotated[
    IdempotencyKeyText | None,
    Header(
        description="Any text of your own, new for each submission. Sending it again with the "
        "same lab, stack, kind and files returns the first submission, so a request can be "
        "repeated safely; with anything else it is refused. Each `only` has keys of its own."
    ),
]


@router.post(
    "",
    status_code=202,
    responses=problems(
        LabNotFound,
        LabClosed,
        LabChanged,
        AccountChanged,
        StackNotOffered,
        CheckNotOffered,
        SubmissionNotWhole,
        NothingSubmitted,
        FileNotAccepted,
        SubmissionTooLarge,
        RequestTooLarge,
        IdempotencyKeyReused,
    ),
)
async def submit_solution(
    body: SubmitSolution,
    session: SessionDep,
    actor: CurrentLearner,
    idempotency_key: IdempotencyKey = None,
) -> SubmissionOut:
    """Accept a solution and queue it for grading.

    Answers at once; follow `GET /gradings/{grading}/events` to see the checks as they finish.
    """
    submission = await service.submit_solution(
        session,
        actor,
        lab_slug=body.lab,
        stack=body.stack,
        files=body.to_source_files(),
        kind=body.kind,
        version=body.version,
        only=body.only,
        idempotency_key=idempotency_key or str(uuid4()),
    )
    return SubmissionOut.of(submission)


@router.get("", responses=problems(CursorNotValid))
async def list_submissions(
    session: SessionDep,
    actor: CurrentLearner,
    lab: LabFilter = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SubmissionOut]:
    """List the learner's submissions, newest first, a page at a time. Tries are not listed."""
    views = await queries.list_submissions(
        session, actor, lab=lab, before=_read_cursor(cursor), limit=limit + 1
    )
    page = views[:limit]
    return Page(
        items=[SubmissionOut.of(view) for view in page],
        next_cursor=page[-1].id.hex if len(views) > limit else None,
    )


@router.get("/{submission}", responses=problems(SubmissionNotFound))
async def show_submission(
    submission: UUID, session: SessionDep, actor: CurrentLearner
) -> SubmissionWithFilesOut:
    """Show a submission with its files and where its newest grading stands."""
    view = await queries.get_submission(session, actor, submission)
    files = await queries.get_submission_files(session, actor, submission)
    opened = await queries.count_opened_hints(session, actor, submission)
    return SubmissionWithFilesOut.of(
        view,
        files=files,
        opened_hints=[{"check": check, "steps": steps} for check, steps in opened.items()],
    )


@router.get("/{submission}/gradings", responses=problems(SubmissionNotFound))
async def list_gradings(
    submission: UUID, session: SessionDep, actor: CurrentLearner
) -> Listing[GradingOut]:
    """List every grading of a submission, oldest first, with their checks."""
    gradings = await queries.list_gradings(session, actor, submission)
    return Listing(items=[GradingOut.model_validate(grading) for grading in gradings])


@router.post(
    "/{submission}/hints",
    responses=problems(SubmissionNotFound, HintNotOffered, HintStepSkipped, AccountChanged),
)
async def open_hint(
    submission: UUID, body: OpenHint, session: SessionDep, actor: CurrentLearner
) -> CheckHintsOut:
    """Open the next step of a failed check's hint, and return all that are open.

    That a step was opened is noted on the submission. It stays open for later failures too.
    """
    hints = await open_next_hint(
        session, actor, submission_id=submission, check=body.check, step=body.step
    )
    return CheckHintsOut.model_validate(hints)


def _read_cursor(cursor: str | None) -> UUID | None:
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError as error:
        raise CursorNotValid from error

"""Drafts: what a learner is writing for a lab in one stack, shared by all their browsers.

A change names the revision that it was made from (RFC 9110 §13.1), so that nobody's newer work is
overwritten or deleted by somebody who never saw it.
"""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from milepost.api.v1.parameters import LabSlug, StackSlug
from milepost.api.v1.schemas.drafts import DraftOut, DraftWithFilesOut, SaveDraft
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog.errors import LabNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.errors import AccountChanged, PreconditionRequired, RequestTooLarge
from milepost.http.preconditions import (
    Preconditions,
    PreconditionsDep,
    RequiredPreconditionsDep,
)
from milepost.http.problems import problems
from milepost.submissions import queries
from milepost.submissions.errors import (
    DraftChanged,
    DraftNotFound,
    FileNotAccepted,
    NothingSubmitted,
    StackNotOffered,
    SubmissionTooLarge,
)
from milepost.submissions.service import drafts as service

router = APIRouter(prefix="/labs/{lab}/drafts", tags=["drafts"])


@router.get("")
async def list_drafts(
    lab: LabSlug, session: SessionDep, actor: CurrentLearner
) -> Listing[DraftOut]:
    """List the learner's drafts of a lab, one a stack, without their files."""
    drafts = await queries.list_drafts(session, actor, lab=lab)
    return Listing(items=[DraftOut.model_validate(draft) for draft in drafts])


@router.get(
    "/{stack}",
    response_model=DraftWithFilesOut,
    responses={304: {"description": "Nothing has changed."}, **problems(DraftNotFound)},
)
async def show_draft(
    lab: LabSlug,
    stack: StackSlug,
    session: SessionDep,
    actor: CurrentLearner,
    preconditions: PreconditionsDep,
) -> Response:
    """Show the learner's draft of a lab in one stack.

    The answer's `ETag`, sent back as `If-None-Match`, is answered 304 while it holds.
    """
    draft = await queries.find_draft(session, actor, lab=lab, stack=stack)
    if draft is None:
        raise DraftNotFound(lab, stack)
    headers = {"ETag": _quote(draft.revision)}
    if preconditions.is_unchanged(str(draft.revision)):
        return Response(status_code=304, headers=headers)
    body = DraftWithFilesOut.model_validate(draft).model_dump_json()
    return Response(body, media_type="application/json", headers=headers)


@router.put(
    "/{stack}",
    responses={
        201: {"model": DraftOut, "description": "There was none before."},
        **problems(
            LabNotFound,
            AccountChanged,
            StackNotOffered,
            NothingSubmitted,
            FileNotAccepted,
            SubmissionTooLarge,
            RequestTooLarge,
            DraftChanged,
            PreconditionRequired,
        ),
    },
)
async def save_draft(
    body: SaveDraft,
    response: Response,
    lab: LabSlug,
    stack: StackSlug,
    session: SessionDep,
    actor: CurrentLearner,
    preconditions: RequiredPreconditionsDep,
) -> DraftOut:
    """Save a draft in the place of the one that was read before.

    Send that one's `ETag` as `If-Match`, or `If-None-Match: *` where there was none. If the draft
    is another by now, nothing is saved and the answer is 412: read it, and choose. Saving what is
    stored already changes nothing, so a save whose answer was lost can be sent again.
    """
    draft, is_new = await service.save_draft(
        session,
        actor,
        lab_slug=lab,
        stack=stack,
        files=body.to_source_files(),
        version=body.version,
        knows=_knowing(preconditions),
    )
    response.status_code = 201 if is_new else 200
    response.headers["ETag"] = _quote(draft.revision)
    return DraftOut.model_validate(draft)


@router.delete(
    "/{stack}",
    status_code=204,
    responses=problems(AccountChanged, DraftChanged, PreconditionRequired),
)
async def delete_draft(
    lab: LabSlug,
    stack: StackSlug,
    session: SessionDep,
    actor: CurrentLearner,
    preconditions: RequiredPreconditionsDep,
) -> None:
    """Delete the draft that was read before, so that the lab begins with its starter again.

    Send its `ETag` as `If-Match`. If the draft is another by now, it stays and the answer is 412.
    """
    knows = _knowing(preconditions)
    await service.delete_draft(session, actor, lab_slug=lab, stack=stack, knows=knows)


def _knowing(preconditions: Preconditions) -> service.Knows:
    return lambda revision: preconditions.hold(None if revision is None else str(revision))


def _quote(revision: UUID) -> str:
    return f'"{revision}"'

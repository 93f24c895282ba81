"""The labs: their list, and the page on which one is read, written, run and submitted.

Running and submitting go through the JSON API; the page's script follows the verdict. Invariant: a
lab page never holds hidden checks or answers, since the catalog never hands them out.
"""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.catalog import queries as catalog
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import queries
from milepost.progress.types import ObjectiveView, PathView
from milepost.submissions import queries as submissions
from milepost.submissions.policy import LARGEST_FILE_BYTES
from milepost.submissions.types import SubmissionView
from milepost.web.lab_work import find_opened, load_work
from milepost.web.page import render_page
from milepost.web.rendering.markdown import render_markdown
from milepost.web.source import find_source_address
from milepost.web.track_titles import choose_stack

router = APIRouter(prefix="/labs")


@router.get("")
async def list_labs(request: Request, session: SessionDep, actor: CurrentLearner) -> HTMLResponse:
    """List the published labs in the order of the road."""
    labs = await queries.list_lab_summaries(session, actor)
    return render_page(request, "labs/list_labs.html", actor=actor, labs=labs)


@router.get("/{lab}")
async def show_lab(
    request: Request,
    lab: str,
    session: SessionDep,
    actor: CurrentLearner,
    stack: str | None = None,
    submission: UUID | None = None,
) -> HTMLResponse:
    """Show a lab beside an editor, in the stack asked for or the track's own.

    With `submission`, the editor opens that one's files, in its stack.
    """
    found = await catalog.get_published_lab(session, lab)
    path = await queries.get_path_view(session, actor, found.path_slug)
    opened = await find_opened(session, actor, found, submission)
    asked = opened.submission.stack if opened else stack
    chosen = await choose_stack(session, actor, found.stacks, asked)
    work = await load_work(session, actor, found, chosen, opened)
    handed_in = await submissions.list_submissions(session, actor, lab=lab, limit=1)
    brief = render_markdown(found.brief, find_source=find_source_address)
    return render_page(
        request,
        "labs/show_lab.html",
        actor=actor,
        lab=found,
        path=path,
        lab_skill=found.skill_slug,
        stack=chosen,
        last=handed_in[0] if handed_in else None,
        opened=opened and opened.submission,
        brief=brief.body,
        proves=list_proves(path, found.slug),
        lab_data={
            "learner": str(actor.id),
            "unfinished": find_unfinished(handed_in, chosen),
            "lab": found.slug,
            "stack": chosen,
            "version": found.content_hash,
            "largestFile": LARGEST_FILE_BYTES,
            "nonce": request.state.csp_nonce,
            "checks": {
                "try": len(found.checks),
                "submission": len(found.checks) + found.hidden_check_count,
            },
            **work.to_data(),
        },
    )


def find_unfinished(handed_in: Sequence[SubmissionView], stack: str) -> str | None:
    """Return the submission whose verdict the page must still show, if it is of this stack."""
    return next(
        (str(each.id) for each in handed_in if each.verdict is None and each.stack == stack), None
    )


def list_proves(path: PathView, lab: str) -> list[tuple[str, ObjectiveView]]:
    """List what a lab proves as the path shows it, each objective with its skill's address."""
    return [
        (f"/paths/{path.slug}/skills/{skill.slug}", objective)
        for skill in path.skills
        for objective in skill.objectives
        if lab in objective.lab_slugs
    ]

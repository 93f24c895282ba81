"""The labs: their list, the page where one is read, written, run and submitted, and its answers.

Running and submitting go through the JSON API; the page's script follows the verdict. Invariant: a
lab page never holds hidden checks or answers; these have a page of their own, for who has passed.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.catalog.types import LabDetail
from milepost.engine.evidence.tables import Tables
from milepost.examples import queries as examples
from milepost.examples.databases import list_database_stacks
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import queries
from milepost.progress.types import ObjectiveView, PathView
from milepost.submissions import queries as submissions
from milepost.submissions.policy import LARGEST_FILE_BYTES
from milepost.submissions.types import SubmissionView
from milepost.web.answers import find_way_on, show_mistakes, show_solutions
from milepost.web.drills import Drill, find_practised, load_drill
from milepost.web.lab_work import find_opened, load_work
from milepost.web.page import render_fragment, render_page
from milepost.web.rendering.file_differences import list_blocks
from milepost.web.rendering.languages import list_editor_languages
from milepost.web.rendering.markdown import render_markdown
from milepost.web.rendering.schemas import describe_schema, draw_schema, mark_column
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
    check: str | None = None,
) -> HTMLResponse:
    """Show a lab beside an editor, in the stack asked for or the track's own.

    With `submission`, the editor opens that one's files, in its stack; with `check`, the page also
    shows how its checks ended, at this one.
    """
    found = await catalog.get_published_lab(session, lab)
    path = await queries.get_path_view(session, actor, found.path_slug)
    if found.is_drill:
        drill = await load_drill(
            request, session, actor, found, stack=stack, submission=submission, check=check
        )
        return show_drill(request, actor, path, drill)
    opened = await find_opened(session, actor, found, submission, check)
    asked = opened.submission.stack if opened else stack
    chosen = await choose_stack(session, actor, found.stacks, asked)
    work = await load_work(session, actor, found, chosen, opened)
    handed_in = await submissions.list_submissions(session, actor, lab=lab, limit=1)
    stages = await submissions.list_stages(session, actor, found)
    return render_page(
        request,
        "labs/show_lab.html",
        actor=actor,
        lab=found,
        path=path,
        lab_skill=found.skill_slug,
        stack=chosen,
        last=next(iter(handed_in), None),
        has_answers=await submissions.has_answers(session, actor, lab),
        opened=opened and opened.submission,
        brief=render_markdown(found.brief, find_source=find_source_address).body,
        stages=stages,
        proves=list_proves(path, found.slug),
        database_stack=choose_database_stack(found, chosen),
        lab_data={
            "learner": str(actor.id),
            "unfinished": find_unfinished(handed_in, chosen),
            "nonce": request.state.csp_nonce,
            **_describe(found, chosen),
            **work.to_data(),
        },
    )


@router.get("/{lab}/tables/{run}")
async def show_tables(
    lab: str, run: UUID, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Draw the tables of the lab's database as they were after a run of the learner's."""
    found = await examples.get_run(session, actor, run)
    tables = (found.result and found.result.tables) or Tables()
    return render_fragment(
        "labs/_tables.html",
        lab=lab,
        tables=tables,
        schema=draw_schema(tables.listed),
        description=describe_schema(tables.listed),
        mark_column=mark_column,
    )


@router.get("/{lab}/answers")
async def show_answers(
    request: Request,
    lab: str,
    session: SessionDep,
    actor: CurrentLearner,
    stack: str | None = None,
) -> HTMLResponse:
    """Show the answers to a lab that the learner has passed, in the stack they passed it in."""
    answers = await submissions.get_answers(session, actor, lab=lab, stack=stack)
    return render_page(
        request,
        "labs/show_answers.html",
        actor=actor,
        answers=answers,
        solutions=show_solutions(answers),
        mistakes=show_mistakes(answers),
        way_on=await find_way_on(session, actor, answers),
        list_blocks=list_blocks,
    )


def choose_database_stack(lab: LabDetail, stack: str) -> str | None:
    """Return the stack whose database the page's console is in: the page's own, if it has one."""
    stacks = list_database_stacks(lab.services)
    return stack if stack in stacks else next(iter(stacks), None)


def _describe(lab: LabDetail, stack: str) -> dict[str, Any]:
    """Return what the editor's script must know of the lab."""
    return {
        "lab": lab.slug,
        "stack": stack,
        "version": lab.content_hash,
        "largestFile": LARGEST_FILE_BYTES,
        "languages": list_editor_languages(),
        "checks": {
            "try": len(lab.checks),
            "submission": len(lab.checks) + lab.hidden_check_count,
        },
    }


def show_drill(request: Request, actor: Actor, path: PathView, drill: Drill) -> HTMLResponse:
    """Show a drill on a page of its own, which also works without its lesson and scripts."""
    skill = next(each for each in path.skills if each.slug == drill.lab.skill_slug)
    return render_page(
        request,
        "labs/show_drill.html",
        actor=actor,
        path=path,
        skill=skill,
        objective=find_practised(skill, drill.lab.slug),
        drill=drill,
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

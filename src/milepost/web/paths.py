"""The path with its road, its skills and lessons, and where this codebase shows each objective.

What is proven comes from `progress`, texts from `catalog`. Invariant: these pages change nothing
except the state of a suggested course.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.examples.languages import list_runnable
from milepost.examples.policy import LARGEST_BYTES
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import queries, service
from milepost.progress.queries.left_off import find_left_off
from milepost.progress.types import CourseState
from milepost.web.drills import load_drill
from milepost.web.errors import CourseStateUnknown
from milepost.web.forms import read_own_form
from milepost.web.milestones import draw_path
from milepost.web.next_step import find_way_on
from milepost.web.page import render_fragment, render_page
from milepost.web.rendering.code_blocks import Manner
from milepost.web.rendering.languages import list_editor_languages
from milepost.web.rendering.markdown import render_markdown
from milepost.web.source import find_source_address
from milepost.web.track_titles import describe_track

router = APIRouter(prefix="/paths/{path}")
COURSE_STATES = {"none": None, **{state.value: state for state in CourseState}}
NOWHERE = "No place in the code is named for this yet."
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One objective and the place in this codebase that shows it, if there is one."""

    title: str
    sentence: str
    ref: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill with the rows of its objectives."""

    slug: str
    order: int
    title: str
    rows: list[ShownRow]


@router.get("")
async def show_path(
    request: Request, path: str, session: SessionDep, actor: CurrentLearner
) -> Response:
    """Show the road, and beneath it what each milestone asks."""
    if actor.track is None:
        return RedirectResponse("/track", status_code=303)
    view = await queries.get_path_view(session, actor, path)
    left = await find_left_off(session, actor, [view])
    return render_page(
        request,
        "paths/show_path.html",
        actor=actor,
        path=view,
        road=draw_path(view),
        left=left,
        way_on=find_way_on(view, left),
        track_title=await describe_track(session, actor),
    )


@router.get("/skills/{skill}")
async def show_skill(
    request: Request, path: str, skill: str, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Show one skill: its objectives, labs and course."""
    view, found = await queries.get_skill_view(session, actor, path=path, skill=skill)
    previous, following = _neighbours(view.skills, found)
    return render_page(
        request,
        "paths/show_skill.html",
        actor=actor,
        path=view,
        skill=found,
        skill_address=f"/paths/{path}/skills/{skill}",
        previous=previous,
        following=following,
    )


@router.post("/skills/{skill}/course")
async def set_course_state(
    request: Request, path: str, skill: str, session: SessionDep, actor: CurrentLearner
) -> Response:
    """Move the suggested course to planned, started, finished or none of them."""
    wanted = (await read_own_form(request, actor)).get("state", "")
    if wanted not in COURSE_STATES:
        raise CourseStateUnknown(list(COURSE_STATES))
    state = COURSE_STATES[wanted]
    await service.set_course_state(session, actor, path=path, skill=skill, state=state)
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/paths/{path}/skills/{skill}", status_code=303)
    view, found = await queries.get_skill_view(session, actor, path=path, skill=skill)
    return render_fragment("paths/_course.html", path=view, skill=found, account=actor.id)


@router.get("/skills/{skill}/lessons/{objective}")
async def show_lesson(
    request: Request,
    path: str,
    skill: str,
    objective: str,
    session: SessionDep,
    actor: CurrentLearner,
    stack: str | None = None,
) -> HTMLResponse:
    """Show the lesson of one objective, with its drill in the stack asked for, or the track's."""
    row = await catalog.get_lesson(session, path=path, skill=skill, objective=objective)
    view, found = await queries.get_skill_view(session, actor, path=path, skill=skill)
    seen = next(each for each in found.objectives if each.slug == objective)
    previous, following = _neighbours([o for o in found.objectives if o.has_lesson], seen)
    text = render_markdown(
        row.lesson_markdown or "",
        find_source=find_source_address,
        has_anchors=True,
        examples=Manner(
            first=actor.track.language if actor.track else None,
            runnable=[language.name for language in list_runnable()],
        ),
    )
    drill = None
    if seen.drill is not None:
        lab = await catalog.get_published_lab(session, seen.drill.slug)
        drill = await load_drill(request, session, actor, lab, stack=stack)
    return render_page(
        request,
        "paths/show_lesson.html",
        actor=actor,
        path=view,
        skill=found,
        skill_address=f"/paths/{path}/skills/{skill}",
        objective=seen,
        lesson={"title": row.lesson_title, "body": text.body},
        labs=[lab for each in view.skills for lab in each.labs if lab.slug in seen.lab_slugs],
        drill=drill,
        example_data=_describe_examples(request, actor),
        shown_in=_shown_row(seen.title, row.shown_in),
        previous=previous,
        following=following,
    )


@router.get("/in-milepost")
async def show_in_milepost(
    request: Request, path: str, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Map every objective to the place of this codebase that shows it."""
    row = await catalog.get_path(session, path)
    skills = [
        ShownSkill(
            slug=skill.slug,
            order=skill.position,
            title=skill.title,
            rows=[
                _shown_row(each.title, each.shown_in) or ShownRow(each.title, NOWHERE)
                for each in skill.objectives
            ],
        )
        for skill in row.skills
    ]
    rows = [each for skill in skills for each in skill.rows]
    return render_page(
        request,
        "paths/show_in_milepost.html",
        actor=actor,
        path=row,
        skills=skills,
        objective_count=len(rows),
        shown_count=sum(bool(each.ref) for each in rows),
        count_word=NUMBERS[len(skills)] if len(skills) < len(NUMBERS) else str(len(skills)),
    )


def _describe_examples(request: Request, actor: Actor) -> dict[str, Any]:
    """Return what the script that runs a lesson's examples reads."""
    return {
        "account": str(actor.id),
        "nonce": request.state.csp_nonce,
        "largest": LARGEST_BYTES,
        "languages": list_editor_languages(),
        "runnable": {
            each.name: {"file": each.file, "followsOn": each.follows_on} for each in list_runnable()
        },
    }


def _neighbours(items: Any, item: Any) -> tuple[Any, Any]:
    at = list(items).index(item)
    return (items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None)


def _shown_row(title: str, shown_in: dict[str, Any] | None) -> ShownRow | None:
    if shown_in is None:
        return None
    ref = shown_in.get("ref", "") if shown_in["shows"] != "planned" else ""
    is_linked = shown_in["shows"] in ("symbol", "test")
    address = find_source_address(ref) if is_linked else None
    return ShownRow(title, shown_in["sentence"], ref, address)

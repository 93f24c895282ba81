"""Choosing a language and a framework: asked on the first run, changeable later.

Which there are is the catalog's to know. Invariant: only a track that some path offers is stored,
and one whose two halves don't belong together only when it was asked for twice.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.accounts.types import Actor, Track
from milepost.catalog import queries as catalog
from milepost.catalog.errors import TrackUnknown
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import service as progress
from milepost.web.forms import read_own_form
from milepost.web.page import render_page
from milepost.web.track_titles import list_choices, name_language, warn_of_mismatch

router = APIRouter(prefix="/track")
NOTHING = Track(language="", framework="")


@router.get("")
async def show_track(request: Request, session: SessionDep, actor: CurrentLearner) -> HTMLResponse:
    """Show the languages and frameworks to choose from."""
    return await _render(request, session, actor, chosen=actor.track or NOTHING)


@router.post("")
async def choose_track(request: Request, session: SessionDep, actor: CurrentLearner) -> Response:
    """Keep the choice and go to the path."""
    form = await read_own_form(request, actor)
    track = Track(language=form.get("language", ""), framework=form.get("framework", ""))
    try:
        await catalog.require_track(session, track)
    except TrackUnknown as error:
        return await _render(
            request, session, actor, chosen=track, problem=error.message, status_code=422
        )
    warning = await warn_of_mismatch(session, actor, track)
    if warning and form.get("confirmed") != _name(track):
        return await _render(request, session, actor, chosen=track, warning=warning)
    await progress.choose_track(session, actor, track=track)
    return RedirectResponse("/", status_code=303)


async def _render(
    request: Request,
    session: SessionDep,
    actor: Actor,
    *,
    chosen: Track,
    problem: str = "",
    warning: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    languages, frameworks = await list_choices(session, actor)
    return render_page(
        request,
        "track/show_track.html",
        actor=actor,
        status_code=status_code,
        languages=languages,
        frameworks=frameworks,
        language_of={each.slug: name_language(each, languages) for each in frameworks},
        chosen=chosen,
        problem=problem,
        warning=warning,
        confirms=_name(chosen),
    )


def _name(track: Track) -> str:
    return f"{track.language} {track.framework}"

"""The preview's own small server: one page, and a stream that tells when it is another.

Which answer a page shows stands in its address. Invariant: whatever is wrong with the lab is a
sentence on the page, and the next save shows it anew.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.engine import Outcome
from milepost.http.middleware import HeadAsGet, PlainAddresses, SecurityHeaders
from milepost.labs import Lab
from milepost.web.next_step import find_decisive
from milepost.web.page import render_page
from milepost.web.preview import views
from milepost.web.preview.rounds import Rounds, Run
from milepost.web.rendering.markdown import render_markdown
from milepost.web.rendering.run_timeline import draw_run
from milepost.web.rendering.static_files import send_static_file
from milepost.web.source import find_source_address

_OWN_NAMES = [
    "127.0.0.1",
    "localhost",
    "[::1]",
]  # another name may be another site's (DNS rebinding)


def create_preview_app(rounds: Rounds) -> FastAPI:
    """Return an application that shows one lab to whoever is on this machine."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.rounds = rounds
    app.add_api_route("/", show_preview, response_class=HTMLResponse)
    app.add_api_route("/changes", follow_changes)
    app.add_api_route("/static/{digest}/{path:path}", send_static_file)
    app.add_api_route("/{path:path}", show_elsewhere, response_class=HTMLResponse)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_OWN_NAMES)
    app.add_middleware(PlainAddresses)
    app.add_middleware(SecurityHeaders, is_https=False)
    app.add_middleware(HeadAsGet)
    return app


async def show_preview(request: Request, answer: str = "") -> HTMLResponse:
    """Show the lab as a learner sees it, with an answer's run, or what keeps it from loading."""
    rounds: Rounds = request.app.state.rounds
    known: dict[str, Any] = {"rounds": rounds, "state": rounds.state, "folder": rounds.folder}
    if rounds.lab is None:
        problems = views.place_problems(rounds.problems, _read_tables(rounds.folder))
        return render_page(
            request, "preview/show_problems.html", actor=None, problems=problems, **known
        )
    answers = list(rounds.list_answers())
    chosen = answer if answer in answers else answers[0]
    run = rounds.get_run(chosen)
    return render_page(
        request,
        "preview/show_preview.html",
        actor=None,
        answers=answers,
        chosen=chosen,
        is_lost=bool(answer) and answer != chosen,
        asked=answer,
        **known,
        **_describe(rounds.lab, run),
    )


async def follow_changes(request: Request, known: str = "") -> EventSourceResponse:
    """Stream an event whenever the page is another than the one with the state `known`."""
    rounds: Rounds = request.app.state.rounds
    return EventSourceResponse(_tell_changes(rounds, known))


async def show_elsewhere(request: Request) -> HTMLResponse:
    """Say of an address that a whole Milepost may have that the preview shows the lab alone."""
    return render_page(request, "preview/show_elsewhere.html", actor=None, status_code=404)


async def _tell_changes(rounds: Rounds, known: str) -> AsyncIterator[ServerSentEvent]:
    async for state in rounds.list_changes(known):
        yield ServerSentEvent(state, event="changed")


def _describe(lab: Lab, run: Run) -> dict[str, Any]:
    path = views.read_path_facts(lab)
    described: dict[str, Any] = {
        "lab": views.show_lab(lab, path),
        "path_problem": path.problem,
        "brief": render_markdown(lab.brief, find_source=find_source_address).body,
        "stages": views.show_first_stages(lab),
        "run_state": run,
        "submission": views.show_submission(lab, run),
        "hints": views.show_hints(lab, path),
        "grading": None,
    }
    if run.report is None:
        return described
    grading = views.show_grading(lab, run, run.report, path)
    return described | {
        "grading": grading,
        "failed": find_decisive(grading),
        "stages": grading.stages,
        "run": draw_run(grading.checks, run.report.for_learner().usage.wall_seconds),
        "comparison": views.compare(lab, run.answer, run.report),
        "broken": [each for each in run.report.checks if each.outcome is Outcome.BROKEN],
        "next_step": None,
        "has_answers": False,
    }


def _read_tables(folder: Path) -> dict[str, str]:
    """Read the TOML files of a lab as far as they are text."""
    texts: dict[str, str] = {}
    for file in (*folder.glob("*.toml"), *folder.glob("flawed/**/*.toml")):
        with suppress(OSError, UnicodeDecodeError):
            texts[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8")
    return texts

"""The page that tells of an error: what happened, why it matters, what to do next.

Which status a kind of error has is decided in `http.problems`. Invariant: this page can be shown
when the database can't be reached.
"""

from contextlib import suppress
from http import HTTPStatus

import psycopg
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.accounts.types import Actor
from milepost.http.dependencies import find_learner
from milepost.http.problems import Problem
from milepost.web.page import render_page

HEADINGS = {
    HTTPStatus.BAD_REQUEST: "That could not be read",
    HTTPStatus.UNAUTHORIZED: "Sign in to go on",
    HTTPStatus.FORBIDDEN: "This was refused",
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.REQUEST_TIMEOUT: "That took too long to arrive",
    HTTPStatus.CONFLICT: "That cannot be done just now",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is too much at once",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "That could not be accepted",
    HTTPStatus.TOO_MANY_REQUESTS: "That was too often",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That could not be accepted",
    HTTPStatus.SERVICE_UNAVAILABLE: "Milepost cannot answer right now",
}


async def show_problem(request: Request, problem: Problem) -> HTMLResponse:
    """Answer a page's request with the page that explains why it failed."""
    heading = HEADINGS.get(HTTPStatus(problem.status), "Something failed on this side")
    actor = (
        await _find_actor(request) if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR else None
    )
    return render_page(
        request,
        "problem/show_problem.html",
        actor=actor,
        status_code=problem.status,
        problem=problem,
        heading=heading,
    )


async def _find_actor(request: Request) -> Actor | None:
    """Find who reads this, or nobody if the database is away too."""
    with suppress(psycopg.Error, OSError):
        return await find_learner(request)
    return None

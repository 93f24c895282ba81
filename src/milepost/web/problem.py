"""The page that tells of an error: what happened, why it matters, what to do next.

Which status a kind of error has is decided in `http.problems`. Invariant: this page can be shown
when the database can't be reached.
"""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.http.dependencies import find_learner, get_database
from milepost.http.problems import Problem
from milepost.web.milestones import preview_road
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
    actor, road = None, {}
    with suppress(psycopg.Error, SQLAlchemyError, OSError):
        if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            actor = await find_learner(request)
        if problem.status == HTTPStatus.UNAUTHORIZED:
            road = await _preview_road(request)
    return render_page(
        request,
        "problem/show_problem.html",
        actor=actor,
        status_code=problem.status,
        problem=problem,
        heading=heading,
        **road,
    )


async def _preview_road(request: Request) -> dict[str, Any]:
    database = await get_database(request)
    async with database.transaction() as session:
        return await preview_road(session)

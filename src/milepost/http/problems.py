"""Problem details (RFC 9457): the one place where a kind of error becomes a status.

The API answers `application/problem+json`; a page shows the same facts as a page.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from milepost.core import errors
from milepost.http.errors import DatabaseUnavailable
from milepost.http.routes import find_other_slash, list_methods

MEDIA_TYPE = "application/problem+json"
_STATUS_BY_KIND: dict[type[errors.MilepostError], HTTPStatus] = {
    errors.InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HTTP_SENTENCES = {
    404: "There is nothing at this address. Check it, or start again from the first page.",
    405: "This address exists, but not for this method. The API's page lists what it takes.",
}
# What PostgreSQL refuses for how it is run: read_only_sql_transaction, insufficient_privilege.
_OPERATORS_AFFAIRS = frozenset({"25006", "42501"})
_AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError)
_OF_DATABASE = (*_AWAY, InternalError, ProgrammingError, psycopg.DatabaseError)

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """An RFC 9457 problem, with Milepost's `code` and whatever data belongs to it."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


ProblemPage = Callable[[Request, Problem], Awaitable[Response]]


def problem_of(error: errors.MilepostError) -> Problem:
    """Return the problem that an error is told as."""
    status = next(
        (status for kind, status in _STATUS_BY_KIND.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    return Problem.model_validate(
        {
            **error.data,
            "title": status.phrase,
            "status": status.value,
            "detail": error.message,
            "code": error.code,
        }
    )


def problems(*kinds: type[errors.MilepostError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route that may raise these errors, for OpenAPI."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in kinds:
        status = next(status for kind, status in _STATUS_BY_KIND.items() if issubclass(error, kind))
        entry = by_status.setdefault(
            status.value,
            {"model": Problem, "description": "", "content": {MEDIA_TYPE: {}}},
        )
        fact = (error.__doc__ or "").strip().splitlines()[0]
        separator = " " if entry["description"] else ""
        entry["description"] += f"{separator}`{error.code}`: {fact}"
    return by_status


def install_problem_handlers(app: FastAPI, show_problem: ProblemPage) -> None:
    """Answer every error as a problem: JSON under `/api`, and `show_problem` elsewhere."""
    answer = partial(_answer, show_problem)

    async def on_fact(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.MilepostError)  # noqa: S101  narrows for the checker
        return await answer(request, problem_of(error))

    async def on_database(request: Request, error: Exception) -> Response:
        if not _is_outage(error):
            raise error
        log.warning("database_unavailable", reason=type(error).__name__)
        return await answer(request, problem_of(DatabaseUnavailable()))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  narrows for the checker
        # FastAPI tells whatever stops the reading of a body as a 400; ours says more.
        if isinstance(error.__cause__, errors.MilepostError):
            return await answer(request, problem_of(error.__cause__))
        other = find_other_slash(request) if error.status_code == HTTPStatus.NOT_FOUND else None
        if other is not None:
            return RedirectResponse(other)
        return await answer(request, _http_problem(error), _http_headers(request, error))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  narrows for the checker
        return await answer(request, _validation_problem(error))

    handlers = {errors.MilepostError: on_fact, **dict.fromkeys(_OF_DATABASE, on_database)}
    handlers |= {HTTPException: on_http, RequestValidationError: on_validation}
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _is_outage(error: Exception) -> bool:
    """Whether the database is away or refuses for how it is run; anything else is our mistake."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return isinstance(error, _AWAY) or state in _OPERATORS_AFFAIRS


async def _answer(
    show_problem: ProblemPage,
    request: Request,
    problem: Problem,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    if request.url.path.startswith(("/api/", "/health")):
        response: Response = problem_response(problem)
    else:
        response = await show_problem(request, problem)
    response.headers.update({**headers_of(problem), **headers})
    return response


class ProblemResponse(JSONResponse):
    """A problem as JSON in ASCII: it may quote a name that no encoding can hold otherwise."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return the JSON, with everything beyond ASCII escaped."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def problem_response(problem: Problem) -> JSONResponse:
    """Return a problem as JSON, with the headers that its status asks for."""
    return ProblemResponse(
        problem.model_dump(mode="json"), status_code=problem.status, headers=headers_of(problem)
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """Return what belongs to a status, on a page too: when to try again, how to sign in."""
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "5"}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _http_headers(request: Request, error: HTTPException) -> Mapping[str, str]:
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # The error names what one route takes, and an address may have several.
        return {"Allow": ", ".join(list_methods(request))}
    return error.headers or {}


def _http_problem(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    return Problem(
        title=phrase,
        status=error.status_code,
        detail=_HTTP_SENTENCES.get(error.status_code, str(error.detail)),
        code=phrase.lower().replace(" ", "_"),
    )


def _validation_problem(error: RequestValidationError) -> Problem:
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"]), "problem": fault["msg"]}
        for fault in error.errors()
    ]
    first = faults[0] if faults else {"where": "the request", "problem": "it is not understood"}
    return Problem.model_validate(
        {
            "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
            "status": HTTPStatus.UNPROCESSABLE_ENTITY.value,
            "detail": f"{first['where']}: {first['problem']}. Fix it and send the request again.",
            "code": "request_not_valid",
            "faults": faults,
        }
    )


def unexpected_problem(request_id: str) -> Problem:
    """Return the problem that an error of ours is told as, with where it is in the log."""
    return Problem.model_validate(
        {
            "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
            "status": HTTPStatus.INTERNAL_SERVER_ERROR.value,
            "detail": f"Something failed here that nobody foresaw. It is in the server's log as "
            f"request {request_id}; what you sent may be tried again.",
            "code": "internal_error",
            "request_id": request_id,
        }
    )

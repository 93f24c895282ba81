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
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import InternalError as DatabaseInternalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from milepost.core import errors
from milepost.http.errors import (
    BodyNotReadable,
    DatabaseUnavailable,
    InternalError,
    MediaTypeNotTaken,
    RequestNotValid,
)
from milepost.http.routes import find_other_slash, list_methods

MEDIA_TYPE = "application/problem+json"
SCHEMA = "#/components/schemas/Problem"
_STATUS_BY_KIND: dict[type[errors.MilepostError], HTTPStatus] = {
    errors.MalformedError: HTTPStatus.BAD_REQUEST,
    errors.InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnsupportedError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooSlowError: HTTPStatus.REQUEST_TIMEOUT,
    errors.TooOftenError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.StaleError: HTTPStatus.PRECONDITION_FAILED,
    errors.UnconditionalError: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HTTP_SENTENCES = {
    404: "There is nothing at this address. Check it, or start again from the first page.",
    405: "This address exists, but not for this method. The API's page lists what it takes.",
}
# What a problem tells in these fields stands in the header that HTTP has for it, too.
_HEADER_BY_FIELD = {
    "retry_after_seconds": "Retry-After",
    "accept": "Accept",
    "accept_encoding": "Accept-Encoding",
}
_HEADERS_BY_STATUS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.REQUEST_TIMEOUT: {"Connection": "close"},
}
# What PostgreSQL refuses for how it is run: read_only_sql_transaction, insufficient_privilege.
_OPERATORS_AFFAIRS = frozenset({"25006", "42501"})
_AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError)
_OF_DATABASE = (*_AWAY, DatabaseInternalError, ProgrammingError, psycopg.DatabaseError)

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
    status = _status_of(type(error))
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
    """Return the `responses=` of a route that may raise these errors, for OpenAPI.

    Whoever makes the document must bring the schema that they name.
    """
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in kinds:
        status = _status_of(error).value
        entry = _describe(error)
        by_status[status] = (
            join_responses(by_status[status], entry) if status in by_status else entry
        )
    return by_status


def join_responses(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return one entry of `responses` for what two of the same status tell."""
    told, others = (each["content"][MEDIA_TYPE] for each in (known, more))
    if told["examples"].keys() >= others["examples"].keys():
        return known
    examples = told["examples"] | others["examples"]
    return {
        "description": f"{known['description']} {more['description']}",
        "content": {MEDIA_TYPE: {**told, "examples": examples}},
    }


def _describe(error: type[errors.MilepostError]) -> dict[str, Any]:
    status = _status_of(error)
    fact = (error.__doc__ or "").strip().splitlines()[0]
    problem = Problem(title=status.phrase, status=status, detail=fact, code=error.code)
    examples = {error.code: {"value": problem.model_dump(mode="json")}}
    return {
        "description": f"`{error.code}`: {fact}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA}, "examples": examples}},
    }


def _status_of(error: type[errors.MilepostError]) -> HTTPStatus:
    return next(
        (status for kind, status in _STATUS_BY_KIND.items() if issubclass(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


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
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return await answer(request, problem_of(_why_not_read(error.__cause__)))
        other = find_other_slash(request) if error.status_code == HTTPStatus.NOT_FOUND else None
        if other is not None:
            return RedirectResponse(other)
        return await answer(request, _http_problem(error), _http_headers(request, error))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  narrows for the checker
        return await answer(request, _problem_of_validation(error))

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
    """Return what belongs to a problem, on a page too: when to try again, how to sign in."""
    told = problem.model_extra or {}
    own = {name: str(told[field]) for field, name in _HEADER_BY_FIELD.items() if field in told}
    return _HEADERS_BY_STATUS.get(HTTPStatus(problem.status), {}) | own


async def refuse(error: errors.MilepostError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer before the application is reached, as it would have answered."""
    request = Request(scope, receive)
    response = await _answer(scope["app"].state.show_problem, request, problem_of(error))
    await response(scope, receive, send)


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


def _why_not_read(cause: BaseException | None) -> errors.MilepostError:
    """Return why FastAPI could not read a body, which it tells as a bare 400."""
    if isinstance(cause, errors.MilepostError):
        return cause
    is_deep = isinstance(cause, RecursionError)
    return BodyNotReadable("it is nested too deeply" if is_deep else "it is not UTF-8")


def _problem_of_validation(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        reason = f"it is not JSON ({first['ctx']['error']}, at character {first['loc'][-1]})"
        return problem_of(BodyNotReadable(reason))
    if isinstance(error.body, bytes):  # FastAPI has left it as it came, for its media type
        return problem_of(MediaTypeNotTaken("application/json"))
    return problem_of(
        RequestNotValid(
            [
                {"where": ".".join(str(part) for part in fault["loc"]), "problem": fault["msg"]}
                for fault in error.errors()
            ]
        )
    )


def unexpected_problem(request_id: str) -> Problem:
    """Return the problem that an error of ours is told as, with where it is in the log."""
    return problem_of(InternalError(request_id))

"""What is noted of every request: its id, its route, its status and how long it took.

A line and the figures name the route's template, never the address: addresses hold the secrets of
sign-in links. Invariant: every request has an id, every line that is logged for it carries the id,
and so does its response.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milepost.core.ids import new_id
from milepost.http.problems import Problem, problem_response, unexpected_problem
from milepost.http.request_figures import RequestFigures

_GIVEN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/health", "/metrics", "/static/")  # asked all day by machines; logged when debugging
_STREAM = b"text/event-stream"

log = structlog.get_logger(__name__)


class RequestLog:
    """Names, times and logs every request, and ends one that failed with a page or a problem."""

    def __init__(self, app: ASGIApp, figures: RequestFigures) -> None:
        self.app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _choose_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        noted = _Noted(send, request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, noted.send)
            except Exception as error:
                log.exception("request_failed", error=type(error).__name__, route=_route_of(scope))
                if noted.status is None:
                    await _end_failed(Request(scope, receive), noted)
                raise
            finally:
                self._note(scope, noted)

    def _note(self, scope: Scope, noted: "_Noted") -> None:
        seconds = time.perf_counter() - noted.started_at
        route, method = _route_of(scope), _method_of(scope)
        status = noted.status or 499  # nginx's number for a client that left before an answer
        is_quiet = route.startswith(_QUIET) and status < 500  # noqa: PLR2004
        (log.debug if is_quiet else log.info)(
            "request_served",
            method=method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )
        self._figures.count(
            method=method,
            route=route,
            status=status,
            seconds=None if noted.is_stream else seconds,
        )


class _Noted:
    """A response on its way out: it gets the id, and what it is is remembered."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.started_at = time.perf_counter()
        self.status: int | None = None
        self.is_stream = False
        self._send = send
        self._id = request_id

    async def send(self, message: Message) -> None:
        """Pass a part of the response on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
            kind: Mapping[bytes, bytes] = dict(headers)
            self.is_stream = kind.get(b"content-type", b"").startswith(_STREAM)
            message["headers"] = [*headers, (b"x-request-id", self._id.encode())]
        await self._send(message)


async def _end_failed(request: Request, noted: _Noted) -> None:
    """Answer here, where the headers of every response are still added, and not further out."""
    problem: Problem = unexpected_problem(request.state.request_id)
    if request.url.path.startswith(("/api/", "/health")):
        response: Any = problem_response(problem)
    else:
        response = await request.app.state.show_problem(request, problem)
    await response(request.scope, request.receive, noted.send)


def _choose_id(given: str | None) -> str:
    """Keep the id that a proxy gave, where it can be nothing but one; else make one."""
    return given if given and _GIVEN_ID.fullmatch(given) else new_id().hex


def _route_of(scope: Scope) -> str:
    """Return the route's template, with the prefix of the router that it was included from."""
    template = str(getattr(scope.get("route"), "path_format", ""))
    if not template:
        return "unmatched"
    filled = template.format(**scope.get("path_params", {}))
    path: str = scope["path"]
    return path.removesuffix(filled) + template if path.endswith(filled) else template


def _method_of(scope: Scope) -> str:
    method = scope["state"].get("asked_method", scope["method"])
    return method if method in _METHODS else "other"

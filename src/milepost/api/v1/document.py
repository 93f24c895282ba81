"""The OpenAPI document: what FastAPI does not know of it is added here, from what happens.

The problems of one endpoint stand beside it; here are those that any may have, and who may ask.
Invariant: every status that an operation can be answered with is in the document.
"""

from typing import Any

from fastapi import FastAPI

from milepost.engine.evidence.registry import list_kinds
from milepost.http.cookies import name_session_cookie
from milepost.http.errors import (
    AddressNotFound,
    BodyNotReadable,
    ContentCodingNotTaken,
    CrossOriginRefused,
    DatabaseUnavailable,
    InternalError,
    MediaTypeNotTaken,
    RequestNotValid,
    RequestTooLarge,
    RequestTooSlow,
)
from milepost.http.problems import MEDIA_TYPE, Problem, join_responses, problems

_ANYBODYS = problems(InternalError, DatabaseUnavailable)
_OF_ADDRESSES = problems(AddressNotFound)
_OF_WRITES = problems(CrossOriginRefused)
_OF_INPUT = problems(RequestNotValid)
_OF_BODIES = problems(
    BodyNotReadable, RequestTooSlow, RequestTooLarge, MediaTypeNotTaken, ContentCodingNotTaken
)
_WRITES = frozenset({"post", "put", "patch", "delete"})
_EITHER: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]


def complete_document(app: FastAPI) -> None:
    """Have the application describe itself with what is added here, made once."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(describe(), name_session_cookie(app.state.settings))
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it


def _complete(document: dict[str, Any], cookie: str) -> None:
    components = document["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"]["Problem"] = Problem.model_json_schema()
    for kind in list_kinds():  # FastAPI would leave out whatever is null in an example
        components["schemas"][kind.evidence.__name__]["examples"] = kind.read_samples()[:1]
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token, as `POST /tokens` gives one to a terminal.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "What a browser gets when its person signs in.",
        },
    }
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _complete_operation(method, operation)


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    if "401" in operation["responses"]:
        operation.setdefault("security", _EITHER)
    happens = [_without_fastapis_own(operation["responses"]), _ANYBODYS]
    if any(each["in"] == "path" for each in operation.get("parameters", [])):
        happens.append(_OF_ADDRESSES)
    if method in _WRITES:
        happens.append(_OF_WRITES)
    if operation.get("parameters") or "requestBody" in operation:
        happens.append(_OF_INPUT)
    if "requestBody" in operation:
        happens.append(_OF_BODIES)
    responses: dict[str, Any] = {}
    for entries in happens:
        _add(responses, entries)
    operation["responses"] = dict(sorted(responses.items()))


def _without_fastapis_own(responses: dict[Any, Any]) -> dict[Any, Any]:
    """Leave out the 422 that FastAPI adds: its form is not the one that is sent."""
    return {
        status: entry
        for status, entry in responses.items()
        if status < "400" or MEDIA_TYPE in entry["content"]
    }


def _add(responses: dict[str, Any], entries: dict[Any, Any]) -> None:
    for status, entry in entries.items():
        known = responses.get(str(status))
        responses[str(status)] = entry if known is None else join_responses(known, entry)

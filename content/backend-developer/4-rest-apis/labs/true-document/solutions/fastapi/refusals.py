"""Refusals as problem documents (RFC 9457), and what the document says of them."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from shed import InUse, NotThere

MEDIA_TYPE = "application/problem+json"
TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {"title": TEXT, "status": {"type": "integer"}},
}
FIELD_ERROR = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": TEXT, "message": TEXT},
}
PROBLEM_WITH_FIELDS = {
    "type": "object",
    "required": [*PROBLEM["required"], "errors"],
    "properties": {**PROBLEM["properties"], "errors": {"type": "array", "items": FIELD_ERROR}},
}
REASONS = {
    404: "There is no such tool.",
    409: "The tool is lent.",
    422: "What was sent is not as it should be.",
}


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Say what the document says of these refusals. A 422 of our own takes the place of FastAPI's."""
    return {status: tell(status) for status in statuses}


def tell(status: int) -> dict[str, Any]:
    schema = PROBLEM_WITH_FIELDS if status == 422 else PROBLEM
    return {"description": REASONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def problem(status: int, **more: object) -> JSONResponse:
    document = {"title": HTTPStatus(status).phrase, "status": status, **more}
    return JSONResponse(document, status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    @app.exception_handler(NotThere)
    def not_there(_: Request, error: NotThere) -> JSONResponse:
        return problem(404)

    @app.exception_handler(InUse)
    def in_use(_: Request, error: InUse) -> JSONResponse:
        return problem(409)

    @app.exception_handler(RequestValidationError)
    def not_as_it_should_be(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"field": str(each["loc"][-1]), "message": each["msg"]} for each in error.errors()
        ]
        return problem(422, errors=errors)

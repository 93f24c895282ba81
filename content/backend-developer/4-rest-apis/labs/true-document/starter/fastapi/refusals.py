"""Refusals as problem documents (RFC 9457)."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from shed import InUse, NotThere


def problem(status: int, **more: object) -> JSONResponse:
    document = {"title": HTTPStatus(status).phrase, "status": status, **more}
    return JSONResponse(document, status, media_type="application/problem+json")


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

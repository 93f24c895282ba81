"""Refusals as problem documents (RFC 9457)."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class Problem(Exception):
    """Something that a client asked for can't be done."""

    def __init__(self, status: int, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            **more,
        }


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.document, problem.status, headers, media_type="application/problem+json"
    )


def of_validation(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return Problem(400, "The body is not JSON.")
    errors = [{"field": str(each["loc"][-1]), "message": each["msg"]} for each in found]
    return Problem(422, "Some fields are not as they should be.", errors=errors)


def install(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    def refuse(_: Request, problem: Problem) -> JSONResponse:
        return answer(problem)

    @app.exception_handler(RequestValidationError)
    def refuse_body(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(of_validation(error))

    @app.exception_handler(HTTPException)
    def refuse_route(_: Request, error: HTTPException) -> JSONResponse:
        return answer(Problem(error.status_code, str(error.detail)), error.headers)

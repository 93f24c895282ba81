"""The one shape of errors, and what becomes an error of which status."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from hotel import Refused
from starlette.exceptions import HTTPException


def make_error(request: Request, status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence, "request_id": request.state.id}, status)


def answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def answer_refusal(request: Request, error: Refused):
        return make_error(request, error.status, error.sentence)

    @app.exception_handler(HTTPException)
    async def answer_framework(request: Request, error: HTTPException):
        return make_error(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def answer_invalid(request: Request, error: RequestValidationError):
        return make_error(request, 422, "What you sent does not fit.")

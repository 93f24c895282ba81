"""The ferry's bookings in two versions."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import notice
import v1
import v2

app = FastAPI(title="Ferry bookings")
app.include_router(v1.router)
app.include_router(v2.router)


def is_version_1(request: Request) -> bool:
    return request.url.path.startswith("/v1/")


def problem(status: int, detail: str) -> JSONResponse:
    document = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(document, status, media_type="application/problem+json")


# Around the handlers of errors, so that a refusal carries the notice as well.
@app.middleware("http")
async def give_notice(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    if not is_version_1(request):
        return await call_next(request)
    if notice.is_over():
        response: Response = problem(410, "Version 1 has ended. Use /v2/bookings.")
    else:
        response = await call_next(request)
    response.headers.update(notice.headers())
    return response


@app.exception_handler(HTTPException)
def refuse(request: Request, error: HTTPException) -> JSONResponse:
    if is_version_1(request):
        return JSONResponse(error.detail, error.status_code)
    return problem(error.status_code, str(error.detail))


@app.exception_handler(RequestValidationError)
def refuse_body(request: Request, error: RequestValidationError) -> JSONResponse:
    if is_version_1(request):
        return JSONResponse({"error": "the body must be a JSON object"}, 400)
    first = error.errors()[0]
    return problem(422, f"{first['loc'][-1]}: {first['msg']}")

"""The rules around every request: limits inside, then errors and the log, with the id around all."""

import json
import re
from time import perf_counter
from uuid import uuid4

from errors import make_error
from fastapi import FastAPI, Request
from settings import Settings


def choose_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9-]{1,64}", given) else str(uuid4())


def print_line(event: str, request: Request, **fields) -> None:
    print(json.dumps({"event": event, "id": request.state.id, **fields}))


def put_rules_around(app: FastAPI, settings: Settings) -> None:
    """Each rule is wrapped around those above it, so that the last one is outermost."""

    @app.middleware("http")
    async def limit(request: Request, call_next):
        if settings.closed and request.url.path != "/":
            return make_error(request, 503, f"The {settings.hotel_name} is closed.")
        if int(request.headers.get("content-length", 0)) > settings.body_limit:
            return make_error(request, 413, "This is more than we can carry.")
        return await call_next(request)

    @app.middleware("http")
    async def catch(request: Request, call_next):
        try:
            return await call_next(request)
        except Exception as error:
            print_line("error", request, error=f"{type(error).__name__}: {error}")
            return make_error(request, 500, "Something broke, and it was us.")

    @app.middleware("http")
    async def keep_log(request: Request, call_next):
        began = perf_counter()
        response = await call_next(request)
        if settings.log_level == "info":
            print_line(
                "request",
                request,
                method=request.method,
                path=request.url.path,
                status=response.status_code,
                milliseconds=(perf_counter() - began) * 1000,
            )
        return response

    @app.middleware("http")
    async def give_id(request: Request, call_next):
        request.state.id = choose_id(request)
        response = await call_next(request)
        response.headers["X-Request-ID"] = request.state.id
        return response

"""Asks one application of ours something, so that what FastAPI does at first use is done.

The launcher runs it once its libraries are imported, before there is learner code. Invariant: no
thread is left by it, since forks are made of what stands then; so its endpoints are coroutines.
"""

import asyncio
import inspect
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class Thing(BaseModel):
    """A body to validate."""

    name: str = Field(min_length=1)
    size: int = 1


def make_app() -> FastAPI:
    """Make an application with a path, a query, a body and an error."""
    app = FastAPI()

    @app.get("/things/{number}")
    async def show(number: int, q: str | None = None) -> dict[str, Any]:
        if number > 1:
            raise HTTPException(404, q)
        return {"number": number}

    @app.post("/things", status_code=201)
    async def add(thing: Thing) -> Thing:
        return thing

    return app


class Transport(asyncio.Transport):
    """Where what is sent goes to nobody."""

    def write(self, data: object) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass


REQUESTS = (
    b"GET /things/1?q=a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /things/2 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /things/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    (
        b"POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b'Content-Length: 12\r\n\r\n{"name":"a"}'
    ),
)


async def ask() -> None:
    """Have Uvicorn parse and the application answer each request."""
    config = Config(make_app(), log_level="critical")
    config.load()
    for request in REQUESTS:
        state = ServerState()
        protocol = H11Protocol(config=config, server_state=state, app_state={})
        protocol.connection_made(Transport())
        protocol.data_received(request)
        await asyncio.gather(*state.tasks)
        protocol.connection_lost(None)


asyncio.run(ask())
inspect.getsource(FastAPI.get)  # FastAPI reads the source of each endpoint that is asked

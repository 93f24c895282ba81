"""A hotel. On your machine: uvicorn main:app --port 8000"""

import logging
import re
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


@app.middleware("http")
async def close_pool(request: Request, call_next):
    if request.url.path == "/pool":
        return JSONResponse({"detail": "Closed."}, 503)
    return await call_next(request)


# Below the other one, and so around it.
@app.middleware("http")
async def give_id(request: Request, call_next):
    given = request.headers.get("x-request-id", "")
    request_id = given if re.fullmatch(r"[A-Za-z0-9-]{1,64}", given) else str(uuid4())
    try:
        response = await call_next(request)
    except Exception:
        logging.exception("request %s failed", request_id)
        response = JSONResponse({"detail": "Our fault."}, 500)
    response.headers["X-Request-ID"] = request_id
    return response


@app.get("/rooms/{number}")
def show_room(number: int):
    return {"room": number}


@app.get("/broken")
def break_down():
    raise LookupError("the lift is stuck")

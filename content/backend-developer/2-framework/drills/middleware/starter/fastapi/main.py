"""A hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


@app.middleware("http")
async def close_pool(request: Request, call_next):
    if request.url.path == "/pool":
        return JSONResponse({"detail": "Closed."}, 503)
    return await call_next(request)


@app.get("/rooms/{number}")
def show_room(number: int):
    return {"room": number}


@app.get("/broken")
def break_down():
    raise LookupError("the lift is stuck")

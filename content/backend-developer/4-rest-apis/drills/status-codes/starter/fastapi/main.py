"""A wall of parcel lockers. On your machine: uvicorn main:app --port 8000"""

import lockers
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


@app.exception_handler(lockers.Refusal)
def refuse(request: Request, refusal: lockers.Refusal):
    return JSONResponse({"error": type(refusal).__name__}, 200)


@app.put("/lockers/{number}")
async def store(number: int, request: Request):
    content_type = request.headers.get("content-type", "")
    return lockers.store(number, content_type, await request.body())


# Still to come: GET /lockers/{number} and GET /parcels?name=…

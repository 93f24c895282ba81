"""A wall of parcel lockers. On your machine: uvicorn main:app --port 8000"""

import lockers
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()

STATUSES = {
    lockers.Unreadable: 400,
    lockers.NoSuchLocker: 404,
    lockers.Empty: 404,
    lockers.Occupied: 409,
    lockers.WrongType: 415,
    lockers.BadParcel: 422,
    lockers.Stuck: 503,
}


@app.exception_handler(lockers.Refusal)
def refuse(request: Request, refusal: lockers.Refusal):
    return JSONResponse({"error": type(refusal).__name__}, STATUSES[type(refusal)])


@app.put("/lockers/{number}", status_code=201)
async def store(number: int, request: Request):
    content_type = request.headers.get("content-type", "")
    return lockers.store(number, content_type, await request.body())


@app.get("/lockers/{number}")
def show(number: int):
    return lockers.show(number)


@app.get("/parcels")
def find(name: str):
    return {"parcels": lockers.find(name)}

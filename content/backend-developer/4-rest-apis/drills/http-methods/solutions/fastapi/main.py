"""A jukebox. On your machine: uvicorn main:app --port 8000"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response

app = FastAPI()
slots = {}
plays = []
plays_by_key = {}

NOTHING = {"title": None, "artist": None, "year": None}


def find(slot):
    if slot not in slots:
        raise HTTPException(404)
    return slots[slot]


@app.get("/slots/{slot}")
def show_record(slot: str):
    return find(slot)


@app.put("/slots/{slot}")
def put_record(slot: str, record: dict, response: Response):
    if slot not in slots:
        response.status_code = 201
    slots[slot] = NOTHING | record
    return slots[slot]


@app.patch("/slots/{slot}")
def amend_record(slot: str, changes: dict):
    slots[slot] = find(slot) | changes
    return slots[slot]


@app.delete("/slots/{slot}", status_code=204)
def empty_slot(slot: str):
    find(slot)
    del slots[slot]


@app.get("/plays")
def list_plays():
    return {"plays": plays}


@app.post("/plays", status_code=201)
def play(body: dict, idempotency_key: Annotated[str | None, Header()] = None):
    if idempotency_key in plays_by_key:
        return plays_by_key[idempotency_key]
    plays.append({"number": len(plays) + 1, "slot": body["slot"]})
    if idempotency_key is not None:
        plays_by_key[idempotency_key] = plays[-1]
    return plays[-1]

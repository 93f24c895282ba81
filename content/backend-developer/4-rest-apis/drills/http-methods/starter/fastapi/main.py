"""A jukebox. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, HTTPException

app = FastAPI()
slots = {}
plays = []


@app.get("/slots/{slot}")
def show_record(slot: str):
    if slot not in slots:
        raise HTTPException(404)
    return slots[slot]


@app.get("/plays")
def list_plays():
    return {"plays": plays}


@app.post("/plays", status_code=201)
def play(body: dict):
    plays.append({"number": len(plays) + 1, "slot": body["slot"]})
    return plays[-1]

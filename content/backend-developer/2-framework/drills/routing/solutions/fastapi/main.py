"""The rooms of a hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/rooms/{number:int}")
def show_room(number: int):
    return {"room": number}


@app.get("/rooms/free")
def list_free_rooms():
    return {"free": [7, 12]}


@app.get("/rooms/{number:int}/keys/{key:int}")
def show_key(number: int, key: int):
    return {"room": number, "key": key}


@app.delete("/rooms/{number:int}/keys/{key:int}", status_code=204)
def take_key_back(number: int, key: int):
    return None

"""The rooms of a hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/rooms/{number}")
def show_room(number: str):
    return {"room": number}


@app.get("/rooms/free")
def list_free_rooms():
    return {"free": [7, 12]}

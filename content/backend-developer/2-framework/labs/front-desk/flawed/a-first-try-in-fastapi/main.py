"""The front desk."""

import itertools

from fastapi import FastAPI, Form, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel

from hotel import BEDS

app = FastAPI(title="Front desk")
stays = {}
found = {}
numbers = itertools.count(1)


class Cards(BaseModel):
    cards: int


def room(number):
    taken = any(stay["room"] == number for stay in stays.values())
    return {"number": number, "floor": number // 100, "beds": BEDS[number], "free": not taken}


@app.get("/rooms")
def list_rooms(floor: int | None = None, beds: int | None = None):
    rooms = [room(number) for number in BEDS]
    if floor:
        rooms = [each for each in rooms if each["floor"] == floor]
    if beds:
        rooms = [each for each in rooms if each["beds"] == beds]
    return {"rooms": rooms}


@app.get("/rooms/{number}")
def show_room(number: int):
    if number not in BEDS:
        raise HTTPException(404)
    return room(number)


@app.get("/rooms/free")
def free_room(beds: int | None = None):
    for each in list_rooms(beds=beds)["rooms"]:
        if each["free"]:
            return each
    raise HTTPException(404)


@app.get("/r/{number}")
def sign(number: int):
    return RedirectResponse(f"/rooms/{number}", 301)


@app.post("/stays")
def check_in(name: str = Form(), passport: str = Form(), room: int = Form()):
    if room not in BEDS:
        raise HTTPException(404)
    if any(stay["room"] == room for stay in stays.values()):
        raise HTTPException(409)
    number = next(numbers)
    stays[number] = {"id": number, "name": name, "room": room, "keys": 0}
    return RedirectResponse(f"/stays/{number}")


@app.get("/stays/{number}")
def slip(number: int, request: Request):
    if number not in stays:
        raise HTTPException(404)
    stay = stays[number]
    if request.headers.get("accept", "").startswith("text/html"):
        return HTMLResponse(f"<h1>{stay['name']}</h1><p>Room {stay['room']}</p>")
    return stay


@app.post("/stays/{number}/keys")
def keys(number: int, cards: Cards):
    if number not in stays:
        raise HTTPException(404)
    if not 1 <= cards.cards <= 4:
        raise HTTPException(400)
    stays[number]["keys"] += cards.cards
    return JSONResponse(stays[number], 201)


@app.post("/found")
async def add_found(photo: UploadFile, what: str = Form()):
    if photo.content_type not in ("image/png", "image/jpeg"):
        raise HTTPException(415)
    number = next(numbers)
    found[number] = (what, photo.content_type, await photo.read())
    return JSONResponse(show(number), 201, {"Location": f"/found/{number}"})


def show(number):
    return {"id": number, "what": found[number][0], "photo": f"/found/{number}/photo"}


@app.get("/found/{number}")
def show_found(number: int):
    if number not in found:
        raise HTTPException(404)
    return show(number)


@app.get("/found/{number}/photo")
def photo(number: int):
    if number not in found:
        raise HTTPException(404)
    return Response(found[number][2], media_type=found[number][1])

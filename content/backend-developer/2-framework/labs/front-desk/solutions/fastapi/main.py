"""The front desk in FastAPI: routes, and what goes in and out of them.

Every route that changes something is `async` and doesn't wait in between, so no two of
them are ever at the same room.
"""

from typing import Annotated

from fastapi import FastAPI, Form, Header, HTTPException, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

import hotel

PHOTOS = {"image/png", "image/jpeg"}
Text = Annotated[str, Form(pattern=r"\S")]

app = FastAPI(title="Front desk")
templates = Jinja2Templates("templates")


class Room(BaseModel):
    number: int
    floor: int
    beds: int
    free: bool


class Rooms(BaseModel):
    rooms: list[Room]


class Slip(BaseModel):
    id: int
    name: str
    room: int
    keys: int


class Find(BaseModel):
    id: int
    what: str
    photo: str


class KeyOrder(BaseModel):
    cards: int = Field(ge=1, le=4)


@app.get("/rooms", response_model=Rooms)
def list_rooms(floor: int | None = None, beds: int | None = None) -> dict[str, list[hotel.Room]]:
    return {"rooms": hotel.list_rooms(floor, beds)}


# Before /rooms/{number}, which would take "free" for a number.
@app.get("/rooms/free", response_model=Room)
def find_free_room(beds: int | None = None) -> hotel.Room:
    for room in hotel.list_rooms(None, beds):
        if room.free:
            return room
    raise HTTPException(404, "No such room is free.")


@app.get("/rooms/{number}", response_model=Room)
def show_room(number: int) -> hotel.Room:
    if number not in hotel.rooms:
        raise HTTPException(404, f"There is no room {number}.")
    return hotel.rooms[number]


@app.get("/r/{number}")
def follow_sign(number: int) -> RedirectResponse:
    return RedirectResponse(f"/rooms/{number}", status_code=301)


@app.post("/stays")
async def check_in(
    name: Text, passport: Text, room: Annotated[int, Form()]
) -> RedirectResponse:
    if not show_room(room).free:
        raise HTTPException(409, f"Room {room} is taken.")
    stay = hotel.Stay(name, passport, room)
    hotel.stays[stay.id] = stay
    return RedirectResponse(f"/stays/{stay.id}", status_code=303)


@app.get("/stays/{stay_id}", response_model=Slip)
def show_slip(
    request: Request, stay_id: int, accept: Annotated[str, Header()] = "*/*"
) -> hotel.Stay | Response:
    stay = get_stay(stay_id)
    if "text/html" in accept:
        return templates.TemplateResponse(request, "slip.html", {"stay": stay})
    return stay


@app.post("/stays/{stay_id}/keys", status_code=201, response_model=Slip)
async def order_keys(stay_id: int, order: KeyOrder) -> hotel.Stay:
    stay = get_stay(stay_id)
    stay.keys += order.cards
    return stay


@app.post("/found", status_code=201, response_model=Find)
async def keep_find(what: Text, photo: UploadFile, response: Response) -> hotel.Find:
    if photo.content_type not in PHOTOS:
        raise HTTPException(415, "A photo is a PNG or a JPEG.")
    find = hotel.Find(what, photo.content_type, await photo.read())
    hotel.finds[find.id] = find
    response.headers["location"] = f"/found/{find.id}"
    return find


@app.get("/found/{find_id}", response_model=Find)
def show_find(find_id: int) -> hotel.Find:
    return get_find(find_id)


@app.get("/found/{find_id}/photo")
def show_photo(find_id: int) -> Response:
    find = get_find(find_id)
    return Response(find.image, media_type=find.kind)


def get_stay(stay_id: int) -> hotel.Stay:
    if stay_id not in hotel.stays:
        raise HTTPException(404, f"There is no stay {stay_id}.")
    return hotel.stays[stay_id]


def get_find(find_id: int) -> hotel.Find:
    if find_id not in hotel.finds:
        raise HTTPException(404, f"There is no find {find_id}.")
    return hotel.finds[find_id]

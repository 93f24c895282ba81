"""The hotel itself: rooms, bookings, a lift and a bell. There is nothing to change here."""

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel

ROOMS = range(1, 41)

router = APIRouter()
bookings: dict[int, str] = {}
bells: list[asyncio.Event] = []


class Refused(Exception):
    """The hotel says no, with a status and a sentence for the guest."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Booking(BaseModel):
    room: int
    name: str


def require_room(number: int):
    if number not in ROOMS:
        raise Refused(404, f"There is no room {number}.")


@router.get("/rooms/{number}")
def show_room(number: int):
    require_room(number)
    return {"room": number, "taken": number in bookings}


@router.post("/bookings", status_code=201)
def book_room(booking: Booking):
    require_room(booking.room)
    if booking.room in bookings:
        raise Refused(409, f"Room {booking.room} is taken.")
    bookings[booking.room] = booking.name
    return {"room": booking.room, "name": booking.name}


@router.get("/lift/{floor}")
def call_lift(floor: int):
    raise RuntimeError(f"motor-{7000 + floor} does not answer")


@router.get("/bell")
async def wait_for_the_bell():
    bell = asyncio.Event()
    bells.append(bell)
    await bell.wait()
    return {"heard": True}


@router.post("/bell")
async def ring_the_bell():
    heard = len(bells)
    while bells:
        bells.pop().set()
    return {"heard": heard}


@router.get("/bell/waiting")
async def count_waiting():
    return {"waiting": len(bells)}

"""The addresses of the boathouse."""

from fastapi import APIRouter, HTTPException
from house.guests import is_guest
from pydantic import BaseModel, Field

from wings.boats.fleet import SEATS
from wings.boats.prices import price
from wings.boats.rides import taken

router = APIRouter()


class Ride(BaseModel):
    guest: int
    boat: int
    hours: int = Field(ge=1, le=8)


@router.get("/fleet")
def list_fleet(seats: int | None = None):
    return {
        "boats": [
            {"number": number, "seats": has, "free": number not in taken}
            for number, has in SEATS.items()
            if seats in (None, has)
        ]
    }


@router.post("/rides", status_code=201)
def take_boat(ride: Ride):
    if not is_guest(ride.guest):
        raise HTTPException(404, "No such guest is in the house.")
    if ride.boat not in SEATS:
        raise HTTPException(404, "There is no such boat.")
    if ride.boat in taken:
        raise HTTPException(409, "This boat is out.")
    taken[ride.boat] = ride.guest
    return ride.model_dump() | {"euros": price(ride.hours)}

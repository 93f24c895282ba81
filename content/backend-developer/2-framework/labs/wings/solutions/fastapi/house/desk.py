"""The routes at which guests come and go."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from house import guests

router = APIRouter()


class Arrival(BaseModel):
    name: str


@router.post("/guests", status_code=201)
def check_in(arrival: Arrival):
    return {"id": guests.check_in(arrival.name), "name": arrival.name}


@router.delete("/guests/{guest}", status_code=204)
def check_out(guest: int):
    if not guests.is_guest(guest):
        raise HTTPException(404, "No such guest is in the house.")
    guests.check_out(guest)

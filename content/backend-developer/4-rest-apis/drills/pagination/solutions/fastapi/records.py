"""The records of the station. There is nothing to change here."""

from itertools import count

from fastapi import APIRouter

sightings = {}
numbers = count(1)
writing = APIRouter()


def in_order():
    """List all sightings by day, and within one day by id."""
    return sorted(sightings.values(), key=lambda each: (each["day"], each["id"]))


@writing.post("/sightings", status_code=201)
def add_sighting(body: dict):
    number = next(numbers)
    sightings[number] = {"id": number, "species": body["species"], "day": body["day"]}
    return sightings[number]


@writing.delete("/sightings/{number}", status_code=204)
def remove_sighting(number: int):
    sightings.pop(number, None)

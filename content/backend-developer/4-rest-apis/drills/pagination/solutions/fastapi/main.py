"""A log of whales. On your machine: uvicorn main:app --port 8000"""

import re
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException

from records import in_order, writing

app = FastAPI()
app.include_router(writing)

LIMIT = re.compile("[1-9]|1[0-9]|20")
PLACE = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})_([1-9][0-9]{0,14})")


def read_place(after):
    """Read the place behind which a page begins: a day and an id."""
    found = PLACE.fullmatch(after)
    if not found:
        raise HTTPException(400, "after is not a place that was given out.")
    return found[1], int(found[2])


@app.get("/sightings")
def list_sightings(limit: str = "5", after: str | None = None, species: str | None = None):
    if not LIMIT.fullmatch(limit):
        raise HTTPException(400, "limit is a whole number from 1 to 20.")
    place = ("", 0) if after is None else read_place(after)
    following = [
        each
        for each in in_order()
        if (each["day"], each["id"]) > place and species in (None, each["species"])
    ]
    page, more = following[: int(limit)], following[int(limit) :]
    if not more:
        return {"items": page, "next": None}
    query = {"limit": limit, "after": f"{page[-1]['day']}_{page[-1]['id']}"}
    if species is not None:
        query["species"] = species
    return {"items": page, "next": f"/sightings?{urlencode(query)}"}

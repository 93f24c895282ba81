"""A post office. On your machine: uvicorn main:app --port 8000"""

import re
from datetime import UTC

from fastapi import FastAPI, HTTPException

from records import parcels

app = FastAPI()

EUROS = re.compile(r"(0|[1-9][0-9]{0,2})\.([0-9]{2})")


def show(parcel):
    return {
        "id": str(parcel["id"]),
        "postage": f"{parcel['cents'] // 100}.{parcel['cents'] % 100:02}",
        "arrived": write_moment(parcel["arrived"]),
        "collected": write_moment(parcel["collected"]),
    }


def write_moment(moment):
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read_cents(postage):
    found = isinstance(postage, str) and EUROS.fullmatch(postage)
    if not found:
        raise HTTPException(422, "postage is a text such as 5.20, from 0.00 to 999.99.")
    return int(found[1]) * 100 + int(found[2])


@app.get("/parcels")
def list_parcels():
    return {"parcels": [show(parcel) for parcel in parcels.values()]}


@app.put("/parcels/{number}")
def change_postage(number: int, body: dict):
    if number not in parcels:
        raise HTTPException(404)
    parcels[number]["cents"] = read_cents(body.get("postage"))
    return show(parcels[number])

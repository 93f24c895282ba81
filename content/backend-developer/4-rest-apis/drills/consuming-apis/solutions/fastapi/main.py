"""The wind at the beaches. On your machine: uvicorn main:app --port 8000"""

import os
import time

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
station = httpx.Client(
    base_url=os.environ.get("UPSTREAM_URL", "http://localhost:9000"), timeout=1
)

CALLS = 3
PASSING = {500, 502, 503, 504}


def ask(beach):
    """Ask the station, again where that helps; return its answer, or None if none came."""
    for call in range(CALLS):
        if call > 0:
            time.sleep(0.1)
        try:
            response = station.get(f"/stations/{beach}")
        except httpx.HTTPError:
            continue
        if response.status_code not in PASSING:
            return response
    return None


def read_knots(response):
    """Read the wind from an answer; None if there is none in it."""
    try:
        document = response.json()
    except ValueError:
        return None
    knots = document.get("knots") if isinstance(document, dict) else None
    return knots if type(knots) is int and 0 <= knots <= 150 else None


@app.get("/wind/{beach}")
def show_wind(beach: str):
    response = ask(beach)
    if response is not None and response.status_code == 404:
        raise HTTPException(404, "The station knows no such beach.")
    is_good = response is not None and response.status_code == 200
    knots = read_knots(response) if is_good else None
    if knots is None:
        raise HTTPException(502, "The station does not tell the wind.")
    return {"beach": beach, "knots": knots}

"""The wind at the beaches. On your machine: uvicorn main:app --port 8000"""

import os

import httpx
from fastapi import FastAPI

app = FastAPI()
station = httpx.Client(base_url=os.environ.get("UPSTREAM_URL", "http://localhost:9000"))


@app.get("/wind/{beach}")
def show_wind(beach: str):
    response = station.get(f"/stations/{beach}")
    return response.json()

"""The bookings of a hotel. On your machine: uvicorn main:app --port 8000"""

from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field

EUROS_A_NIGHT = 90
EUROS_A_BREAKFAST = 15

app = FastAPI()
guests = []


class Booking(BaseModel):
    guest: str = Field(min_length=1, max_length=100)
    nights: int = Field(ge=1, le=30, strict=True)


@app.post("/bookings", status_code=201)
def book(booking: Booking, breakfast: Literal["true", "false"] = "false"):
    guests.append(booking.guest)
    night = EUROS_A_NIGHT + (EUROS_A_BREAKFAST if breakfast == "true" else 0)
    return {"guest": booking.guest, "euros": booking.nights * night}


@app.get("/bookings")
def list_guests():
    return {"guests": guests}

"""The bookings of the ferry, in memory. Each has one record; versions are ways to look at it."""

from dataclasses import dataclass
from typing import Any

HARBOURS = {"Sund", "Ask", "Holm", "Vik"}
SEAT_CENTS = 1250
BIKE_CENTS = 425


@dataclass
class Booking:
    id: str
    passenger: str
    origin: str
    goal: str
    seats: int
    bikes: int
    phone: str | None = None
    status: str = "open"

    @property
    def cents(self) -> int:
        return self.seats * SEAT_CENTS + self.bikes * BIKE_CENTS


bookings: dict[str, Booking] = {}


def add(**fields: Any) -> Booking:
    booking = Booking(f"k{len(bookings) + 1}", **fields)
    bookings[booking.id] = booking
    return booking

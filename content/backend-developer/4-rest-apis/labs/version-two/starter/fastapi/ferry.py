"""The bookings of the ferry, in memory, and what a client of version 1 may send."""

from typing import Any

HARBOURS = {"Sund", "Ask", "Holm", "Vik"}
SEAT_CENTS = 1250
BIKE_CENTS = 425


class Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


bookings: dict[str, dict[str, Any]] = {}


def add(fields: dict[str, Any]) -> dict[str, Any]:
    booking = {"id": f"k{len(bookings) + 1}", **with_price(fields), "paid": False}
    bookings[booking["id"]] = booking
    return booking


def get(booking_id: str) -> dict[str, Any]:
    if booking_id not in bookings:
        raise Refused(404, "no such booking")
    return bookings[booking_id]


def with_price(fields: dict[str, Any]) -> dict[str, Any]:
    cents = fields["seats"] * SEAT_CENTS + fields["bike"] * BIKE_CENTS
    return {**fields, "price": cents / 100}


def read_booking(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "the body must be a JSON object")
    name, route, seats, bike = (body.get(field) for field in ("name", "route", "seats", "bike"))
    if not (isinstance(name, str) and name.strip() and len(name) <= 80):
        raise Refused(400, "name must be a text of 1 to 80 characters")
    if not is_route(route):
        raise Refused(400, "route must be two different harbours, such as Sund-Ask")
    if not (type(seats) is int and 1 <= seats <= 9):
        raise Refused(400, "seats must be a whole number from 1 to 9")
    if type(bike) is not bool:
        raise Refused(400, "bike must be true or false")
    return {"name": name, "route": route, "seats": seats, "bike": bike}


def is_route(route: Any) -> bool:
    harbours = route.split("-") if isinstance(route, str) else []
    return len(harbours) == 2 and len({*harbours} & HARBOURS) == 2

"""Version 1, as the kiosk and the phones know it. It learns nothing new and forgets nothing."""

from typing import Any

from fastapi import APIRouter, Body, HTTPException

import ferry
from ferry import HARBOURS, Booking

router = APIRouter(prefix="/v1/bookings")


def refused(status: int, reason: str) -> HTTPException:
    return HTTPException(status, {"error": reason})


def show(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "name": booking.passenger,
        "route": f"{booking.origin}-{booking.goal}",
        "seats": booking.seats,
        "bike": booking.bikes > 0,
        "price": booking.cents / 100,
        "paid": booking.status == "paid",
    }


def get(booking_id: str) -> Booking:
    if booking_id not in ferry.bookings:
        raise refused(404, "no such booking")
    return ferry.bookings[booking_id]


def read(body: Any, bikes: int = 0) -> dict[str, Any]:
    """Read what a client sent. Its `bike` says only whether there are any; `bikes` is how many there were."""
    if not isinstance(body, dict):
        raise refused(400, "the body must be a JSON object")
    name, route, seats, bike = (body.get(field) for field in ("name", "route", "seats", "bike"))
    if not (isinstance(name, str) and name.strip() and len(name) <= 80):
        raise refused(400, "name must be a text of 1 to 80 characters")
    harbours = route.split("-") if isinstance(route, str) else []
    if not (len(harbours) == 2 and len({*harbours} & HARBOURS) == 2):
        raise refused(400, "route must be two different harbours, such as Sund-Ask")
    if not (type(seats) is int and 1 <= seats <= 9):
        raise refused(400, "seats must be a whole number from 1 to 9")
    if type(bike) is not bool:
        raise refused(400, "bike must be true or false")
    origin, goal = harbours
    kept = max(bikes, 1) if bike else 0
    return {"passenger": name, "origin": origin, "goal": goal, "seats": seats, "bikes": kept}


@router.post("")
def add_booking(body: Any = Body()) -> dict[str, Any]:
    return show(ferry.add(**read(body)))


@router.get("")
def list_bookings() -> list[dict[str, Any]]:
    return [show(booking) for booking in ferry.bookings.values()]


@router.get("/{booking_id}")
def get_booking(booking_id: str) -> dict[str, Any]:
    return show(get(booking_id))


@router.put("/{booking_id}")
def replace_booking(booking_id: str, body: Any = Body()) -> dict[str, Any]:
    booking = get(booking_id)
    for field, value in read(body, booking.bikes).items():
        setattr(booking, field, value)
    return show(booking)


@router.post("/{booking_id}/pay")
def pay_booking(booking_id: str) -> dict[str, Any]:
    booking = get(booking_id)
    booking.status = "paid"
    return show(booking)

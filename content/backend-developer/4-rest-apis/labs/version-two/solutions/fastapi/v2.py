"""Version 2: every fact has a place of its own, and money is no fraction."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

import ferry
from ferry import Booking

router = APIRouter(prefix="/v2/bookings")
Harbour = Literal["Sund", "Ask", "Holm", "Vik"]


class NewBooking(BaseModel):
    model_config = ConfigDict(strict=True)

    passenger: Annotated[str, Field(max_length=80, pattern=r"\S")]
    origin: Annotated[Harbour, Field(alias="from")]
    goal: Annotated[Harbour, Field(alias="to")]
    seats: int = Field(ge=1, le=9)
    bikes: int = Field(default=0, ge=0, le=9)
    phone: Annotated[str, Field(min_length=3, max_length=20)] | None = None

    @model_validator(mode="after")
    def goes_somewhere(self) -> "NewBooking":
        if self.origin == self.goal:
            raise ValueError("`from` and `to` are the same harbour")
        return self


class Change(BaseModel):
    status: Literal["open", "paid", "refunded"]


def show(booking: Booking) -> dict[str, Any]:
    euros, cents = divmod(booking.cents, 100)
    return {
        "id": booking.id,
        "passenger": booking.passenger,
        "from": booking.origin,
        "to": booking.goal,
        "seats": booking.seats,
        "bikes": booking.bikes,
        "phone": booking.phone,
        "price": {"amount": f"{euros}.{cents:02}", "currency": "EUR"},
        "status": booking.status,
    }


def get(booking_id: str) -> Booking:
    if booking_id not in ferry.bookings:
        raise HTTPException(404, "There is no such booking.")
    return ferry.bookings[booking_id]


@router.post("", status_code=201)
def add_booking(body: NewBooking, response: Response) -> dict[str, Any]:
    booking = ferry.add(**body.model_dump())
    response.headers["location"] = f"/v2/bookings/{booking.id}"
    return show(booking)


@router.get("")
def list_bookings() -> dict[str, Any]:
    return {"items": [show(booking) for booking in ferry.bookings.values()]}


@router.get("/{booking_id}")
def get_booking(booking_id: str) -> dict[str, Any]:
    return show(get(booking_id))


@router.patch("/{booking_id}")
def change_booking(booking_id: str, change: Change) -> dict[str, Any]:
    booking = get(booking_id)
    booking.status = change.status
    return show(booking)

"""The ferry's bookings. Version 1 is in use: the kiosk and the phones talk to it every day.

On your machine: pip install fastapi uvicorn, then uvicorn main:app --port 8000
"""

from typing import Any

from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

import ferry
from ferry import Refused

app = FastAPI(title="Ferry bookings")


@app.exception_handler(Refused)
def refuse(_: Request, refused: Refused) -> JSONResponse:
    return JSONResponse({"error": refused.reason}, refused.status)


@app.exception_handler(RequestValidationError)
def refuse_body(_: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"error": "the body must be a JSON object"}, 400)


@app.post("/v1/bookings")
def add_booking(body: Any = Body()) -> dict[str, Any]:
    return ferry.add(ferry.read_booking(body))


@app.get("/v1/bookings")
def list_bookings() -> list[dict[str, Any]]:
    return list(ferry.bookings.values())


@app.get("/v1/bookings/{booking_id}")
def get_booking(booking_id: str) -> dict[str, Any]:
    return ferry.get(booking_id)


@app.put("/v1/bookings/{booking_id}")
def replace_booking(booking_id: str, body: Any = Body()) -> dict[str, Any]:
    booking = ferry.get(booking_id)
    booking.update(ferry.with_price(ferry.read_booking(body)))
    return booking


@app.post("/v1/bookings/{booking_id}/pay")
def pay_booking(booking_id: str) -> dict[str, Any]:
    booking = ferry.get(booking_id)
    booking["paid"] = True
    return booking

"""The guests of a hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from records import guests

app = FastAPI()


class Guest(BaseModel):
    number: int
    name: str
    room: int


class Guests(BaseModel):
    guests: list[Guest]


def get_guest(number):
    if number not in guests:
        raise HTTPException(404)
    return guests[number]


@app.get("/guests/{number}", response_model=Guest)
def show_guest(number: int):
    return get_guest(number)


@app.get("/guests", response_model=Guests)
def list_guests():
    return {"guests": list(guests.values())}


@app.post("/guests", status_code=201, response_model=Guest)
def check_in(arrival: dict, response: Response):
    number = max(guests, default=0) + 1
    guests[number] = {"number": number, **arrival}
    response.headers["Location"] = f"/guests/{number}"
    return guests[number]


@app.delete("/guests/{number}", status_code=204)
def check_out(number: int):
    get_guest(number)
    del guests[number]

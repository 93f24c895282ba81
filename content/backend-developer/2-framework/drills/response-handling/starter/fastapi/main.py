"""The guests of a hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from records import guests

app = FastAPI()


@app.get("/guests/{number}")
def show_guest(number: int):
    return guests[number]


@app.get("/guests")
def list_guests():
    return {"guests": list(guests.values())}


@app.post("/guests")
def check_in(arrival: dict):
    number = max(guests, default=0) + 1
    guests[number] = {"number": number, **arrival}
    return guests[number]

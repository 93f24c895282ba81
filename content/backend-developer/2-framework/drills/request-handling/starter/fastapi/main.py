"""The bookings of a hotel. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, Request

EUROS_A_NIGHT = 90

app = FastAPI()
guests = []


@app.post("/bookings", status_code=201)
async def book(request: Request):
    body = await request.json()
    guests.append(body["guest"])
    return {"guest": body["guest"], "euros": body["nights"] * EUROS_A_NIGHT}


@app.get("/bookings")
def list_guests():
    return {"guests": guests}

"""The hotel's service, put together. On your machine: HOTEL_NAME=Albatross uvicorn main:app"""

import hotel
from errors import answer_errors
from fastapi import FastAPI
from rules import put_rules_around
from settings import read_settings

settings = read_settings()
app = FastAPI()


@app.get("/")
def show_settings():
    return {
        "hotel": settings.hotel_name,
        "closed": settings.closed,
        "body_limit": settings.body_limit,
        "log_level": settings.log_level,
    }


app.include_router(hotel.router)
answer_errors(app)
put_rules_around(app, settings)

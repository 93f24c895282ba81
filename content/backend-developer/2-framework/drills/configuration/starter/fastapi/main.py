"""A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 uvicorn main:app"""

import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def show_hotel():
    return {
        "hotel": os.environ.get("HOTEL_NAME", "Grand Hotel"),
        "rooms": os.environ.get("ROOMS", 100),
        "closed": bool(os.environ.get("CLOSED", "")),
    }

"""A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 uvicorn main:app"""

import sys

from fastapi import FastAPI
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    hotel_name: str = Field(min_length=1)
    rooms: int = Field(ge=1, le=500)
    closed: bool = False


def read_settings():
    try:
        return Settings()
    except ValidationError as error:
        names = [str(problem["loc"][0]).upper() for problem in error.errors()]
        sys.exit(f"Cannot start. Check these settings: {', '.join(names)}")


settings = read_settings()
app = FastAPI()


@app.get("/")
def show_hotel():
    return {"hotel": settings.hotel_name, "rooms": settings.rooms, "closed": settings.closed}

"""The hotel's service. On your machine: pip install fastapi uvicorn, then uvicorn main:app"""

import hotel
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def show_settings():
    return {"hotel": "Albatross"}


app.include_router(hotel.router)

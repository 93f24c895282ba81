"""A bicycle workshop. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from workshop import add, bikes, repairs

app = FastAPI()


@app.post("/createBike")
def create_bike(body: dict):
    return add(bikes, owner=body["owner"])


@app.get("/getBike")
def get_bike(id: str):
    return bikes[id]


@app.post("/repairBike")
def repair_bike(body: dict):
    return add(repairs, bike=body["bike"], work=body["work"])

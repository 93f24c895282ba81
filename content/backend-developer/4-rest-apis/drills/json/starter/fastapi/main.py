"""A post office. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from records import parcels

app = FastAPI()


def show(parcel):
    return {key: value for key, value in parcel.items() if value is not None}


@app.get("/parcels")
def list_parcels():
    return {"parcels": [show(parcel) for parcel in parcels.values()]}


@app.put("/parcels/{number}")
def change_postage(number: int, body: dict):
    parcels[number]["cents"] = int(float(body["postage"]) * 100)
    return show(parcels[number])

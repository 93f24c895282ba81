"""A bicycle workshop. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, HTTPException, Response

from workshop import add, bikes, repairs

app = FastAPI()


def find(records, id):
    if id not in records:
        raise HTTPException(404)
    return records[id]


@app.post("/bikes", status_code=201)
def add_bike(body: dict, response: Response):
    bike = add(bikes, owner=body["owner"])
    response.headers["Location"] = f"/bikes/{bike['id']}"
    return bike


@app.get("/bikes")
def list_bikes():
    return {"bikes": list(bikes.values())}


@app.get("/bikes/{id}")
def show_bike(id: str):
    return find(bikes, id)


@app.post("/repairs", status_code=201)
def add_repair(body: dict, response: Response):
    repair = add(repairs, bike=body["bike"], work=body["work"])
    response.headers["Location"] = f"/repairs/{repair['id']}"
    return repair


@app.get("/repairs")
def list_repairs(bike: str):
    return {"repairs": [each for each in repairs.values() if each["bike"] == bike]}


@app.get("/repairs/{id}")
def show_repair(id: str):
    return find(repairs, id)


@app.patch("/repairs/{id}")
def move_repair(id: str, body: dict):
    repair = find(repairs, id)
    repair["bike"] = body["bike"]
    return repair

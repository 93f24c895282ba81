"""A log of whales. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from records import in_order, writing

app = FastAPI()
app.include_router(writing)


@app.get("/sightings")
def list_sightings(limit: int = 5, after: int = 0):
    page = in_order()[after : after + limit]
    return {"items": page, "next": f"/sightings?limit={limit}&after={after + limit}"}

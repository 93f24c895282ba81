"""A seed catalogue. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from catalogue import seeds

app = FastAPI()


@app.get("/seeds")
def list_seeds():
    return {"seeds": seeds}

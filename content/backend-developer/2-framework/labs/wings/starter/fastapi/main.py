"""The hotel's service. On your machine: pip install fastapi uvicorn, then uvicorn main:app"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/wings")
def list_wings():
    return {"hotel": "Albatross", "wings": []}

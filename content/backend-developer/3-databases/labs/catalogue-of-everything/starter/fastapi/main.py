"""The catalogue. The brief says what it must do.

Begin with `POST /things` and `GET /things/{sku}`; the store is at the address in MONGO_URL.

On your machine: pip install fastapi uvicorn pymongo, then uvicorn main:app --port 8000
"""

import os
from typing import Any

from fastapi import FastAPI
from pymongo import MongoClient

app = FastAPI(title="Catalogue of everything")
store = MongoClient(os.environ.get("MONGO_URL", "mongodb://localhost:27017/lab"))
things = store.get_default_database()["things"]


@app.get("/things")
def list_things() -> dict[str, Any]:
    return {"things": []}

"""The books API. The brief says what it must do.

On your machine: pip install fastapi uvicorn, then uvicorn main:app --port 8000
"""

from typing import Any

from fastapi import FastAPI

app = FastAPI(title="Books")


@app.get("/books")
def list_books() -> dict[str, Any]:
    return {"items": [], "next": None}

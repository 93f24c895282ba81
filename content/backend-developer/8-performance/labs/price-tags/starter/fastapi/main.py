"""The price tags. The brief says what they must do.

Begin with one price: the supplier, at UPSTREAM_URL, is asked for it each time.

On your machine: pip install fastapi uvicorn httpx redis, then uvicorn main:app --port 8000
"""

from typing import Any

from fastapi import FastAPI

app = FastAPI(title="Price tags")


@app.get("/prices/{sku}")
def show_price(sku: str) -> dict[str, Any]:
    return {"sku": sku, "price": None, "stale": False}

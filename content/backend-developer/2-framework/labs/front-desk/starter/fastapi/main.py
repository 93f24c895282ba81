"""The front desk: its routes. The brief says what it must do.

On your machine: pip install fastapi uvicorn python-multipart jinja2, then
uvicorn main:app --port 8000
"""

from fastapi import FastAPI

from hotel import BEDS

app = FastAPI(title="Front desk")


@app.get("/rooms")
def list_rooms() -> dict[str, list[int]]:
    return {"rooms": list(BEDS)}  # only their numbers so far

from typing import Any

from fastapi import FastAPI

app = FastAPI()


@app.post("/words", status_code=201)
def store_word(body: dict[str, str]) -> dict[str, Any]:
    """Store the word as a row, and answer the row."""
    return {"id": None, "word": body["word"]}

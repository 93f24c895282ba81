from typing import Any

from fastapi import FastAPI

app = FastAPI()
words: list[str] = []


@app.post("/words", status_code=201)
def store_word(body: dict[str, str]) -> dict[str, Any]:
    words.append(body["word"])
    return {"id": len(words), "word": body["word"]}

"""Counts the words of a text: `GET /count?text=…`."""

from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/count")
def count(text: str | None = None):
    if text is None:
        return Response(status_code=400)
    return {"words": len(text.split())}

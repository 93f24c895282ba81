from fastapi import FastAPI

app = FastAPI()


@app.get("/double/{number}")
def double(number: int) -> dict[str, int | None]:
    """Answer twice the number."""
    return {"double": None}

"""A service as FastAPI's own documentation would write it: nothing is configured."""

from typing import Annotated

from fastapi import FastAPI, Form
from pydantic import BaseModel

app = FastAPI()


class Book(BaseModel):
    title: str
    pages: int = 0
    price: float = 0


@app.get("/books")
def list_books(q: str, limit: int = 10) -> dict[str, object]:
    return {"q": q, "limit": limit}


@app.post("/books", status_code=201)
def add_book(book: Book) -> Book:
    return book


@app.get("/books/{number}")
def show_book(number: int) -> dict[str, int]:
    return {"number": number}


@app.post("/guests")
def sign_in(name: Annotated[str, Form()]) -> dict[str, str]:
    return {"name": name}


@app.get("/broken")
def break_down() -> None:
    raise LookupError("the shelf fell down")

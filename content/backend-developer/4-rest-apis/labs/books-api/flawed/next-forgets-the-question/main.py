"""The books API in FastAPI: routes, and what a client may send."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

import problems
from problems import Problem
from shelf import Entry, Shelf

Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
PARAMETERS = {"limit", "after", "author", "year"}

app = FastAPI(title="Books")
problems.install(app)
shelf = Shelf()


class Book(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    title: Words
    author: Words
    year: int = Field(ge=1450, le=2100)
    price: str = Field(pattern=r"^[0-9]{1,6}\.[0-9]{2}$")
    isbn: str | None = Field(default=None, pattern=r"^[0-9]{13}$")


def require_json(content_type: Annotated[str, Header()] = "") -> None:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "Send the book as application/json.")


def show(entry: Entry, response: Response) -> dict[str, Any]:
    response.headers["etag"] = entry.etag
    return entry.show()


@app.post("/books", status_code=201, dependencies=[Depends(require_json)])
def add_book(book: Book, response: Response) -> dict[str, Any]:
    entry = shelf.add(book.model_dump())
    response.headers["location"] = f"/books/b{entry.number}"
    return show(entry, response)


@app.get("/books/{book_id}", response_model=None)
def get_book(
    book_id: str, response: Response, if_none_match: Annotated[str | None, Header()] = None
) -> dict[str, Any] | Response:
    entry = shelf.get(book_id)
    if names(if_none_match, entry.etag):
        return Response(status_code=304, headers={"etag": entry.etag})
    return show(entry, response)


@app.put("/books/{book_id}", dependencies=[Depends(require_json)])
def replace_book(
    book_id: str,
    book: Book,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    entry = shelf.get(book_id)
    if if_match is None:
        raise Problem(428, "Name the version that you have seen in If-Match.")
    if not names(if_match, entry.etag):
        raise Problem(412, "The book was changed since. Read it again.")
    shelf.replace(entry, book.model_dump())
    return show(entry, response)


@app.delete("/books/{book_id}", status_code=204)
def remove_book(book_id: str) -> None:
    shelf.remove(book_id)


@app.get("/books")
def list_books(request: Request) -> dict[str, Any]:
    given = dict(request.query_params)
    unknown = given.keys() - PARAMETERS
    if unknown:
        raise Problem(400, f"There is no parameter {sorted(unknown)[0]}.")
    limit = read_number(given.get("limit", "20"), "limit")
    if not 1 <= limit <= 100:
        raise Problem(400, "`limit` is from 1 to 100.")
    wanted: dict[str, Any] = {}
    if "author" in given:
        wanted["author"] = given["author"]
    if "year" in given:
        wanted["year"] = read_number(given["year"], "year")
    entries, cursor = shelf.page(wanted, limit, given.get("after"))
    return {
        "items": [entry.show() for entry in entries],
        "next": None if cursor is None else write_next({"after": cursor}),
    }


def write_next(parameters: dict[str, Any]) -> str:
    return f"/books?{urlencode(parameters)}"


def read_number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Problem(400, f"`{name}` is a whole number.")
    return int(text)


def names(header: str | None, etag: str) -> bool:
    """Whether a list of versions, such as If-Match gives, names this one."""
    given = [each.strip() for each in (header or "").split(",")]
    return etag in given or "*" in given

"""The books API in one file, with bodies and parameters read by hand."""

import json
import re
import time
from datetime import datetime, timezone
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

FIELDS = ("title", "author", "year", "price", "isbn")

app = FastAPI()
shelf = {}  # id -> the book, its number and its version
counter = 0


class Refused(Exception):
    def __init__(self, status, title, **more):
        self.status = status
        self.document = {"title": title, "status": status, **more}


@app.exception_handler(Refused)
async def refuse(_, refused):
    return JSONResponse(refused.document, refused.status, media_type="application/problem+json")


def answer(entry, status=200, **headers):
    return JSONResponse(entry["book"], status, {"ETag": entry["etag"], **headers})


def find(id):
    if id not in shelf:
        raise Refused(404, "There is no such book")
    return shelf[id]


async def read(request):
    kind = request.headers.get("content-type", "")
    if kind.split(";")[0].strip().lower() != "application/json":
        raise Refused(415, "Please send application/json")
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refused(400, "This is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(422, "A book is a JSON object", errors=[])
    wrong = [
        {"field": field, "message": "This is not allowed"}
        for field in {*FIELDS, *body}
        if not is_right(field, body.get(field))
    ]
    if wrong:
        raise Refused(422, "Some fields are wrong", errors=wrong)
    return {field: body.get(field) for field in FIELDS}


def is_right(field, value):
    if field in ("title", "author"):
        return isinstance(value, str) and len(value) <= 200 and bool(value.strip())
    if field == "year":
        return type(value) is int and 1450 <= value <= 2100
    if field == "price":
        return isinstance(value, str) and bool(re.fullmatch("[0-9]{1,6}[.][0-9]{2}", value))
    if field == "isbn":
        return value is None or (isinstance(value, str) and bool(re.fullmatch("[0-9]{13}", value)))
    return False


def store(entry, fields):
    entry["book"] |= fields
    entry["etag"] = f'"{time.time_ns()}"'


@app.post("/books")
async def add(request: Request):
    global counter
    fields = await read(request)
    counter += 1
    id = f"no-{counter}"
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    shelf[id] = {"number": counter, "book": {"id": id, "added_at": moment}}
    store(shelf[id], fields)
    return answer(shelf[id], 201, location=f"http://127.0.0.1:8000/books/{id}")


@app.get("/books")
async def list_books(request: Request):
    query = dict(request.query_params)
    if query.keys() - {"limit", "after", "author", "year"}:
        raise Refused(400, "There is no such parameter")
    limit, after = number(query.get("limit", "20")), number(query.get("after", "0"))
    if not 1 <= limit <= 100:
        raise Refused(400, "A page has 1 to 100 books")
    year = number(query["year"]) if "year" in query else None
    found = [
        entry
        for entry in shelf.values()
        if entry["number"] > after
        and query.get("author") in (None, entry["book"]["author"])
        and year in (None, entry["book"]["year"])
    ]
    page, more = found[:limit], found[limit:]
    following = "/books?" + urlencode({**query, "after": page[-1]["number"]}) if more else None
    return {"items": [entry["book"] for entry in page], "next": following}


def number(text):
    if not re.fullmatch("[0-9]{1,9}", text):
        raise Refused(400, "This is no number")
    return int(text)


@app.get("/books/{id}")
async def show(id: str, request: Request):
    entry = find(id)
    if request.headers.get("if-none-match") == entry["etag"]:
        return Response(status_code=304)
    return answer(entry)


@app.put("/books/{id}")
async def replace(id: str, request: Request):
    fields = await read(request)
    if "if-match" not in request.headers:
        raise Refused(428, "Say in If-Match which version you have seen")
    if id not in shelf or request.headers["if-match"] != shelf[id]["etag"]:
        raise Refused(412, "This is not the current version")
    store(shelf[id], fields)
    return answer(shelf[id])


@app.delete("/books/{id}")
async def remove(id: str):
    find(id)
    del shelf[id]
    return Response(status_code=204)

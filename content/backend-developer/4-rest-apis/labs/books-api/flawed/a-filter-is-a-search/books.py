"""What a book is, and the shelf that keeps them in memory in the order of adding."""

import itertools
import json
import re
import threading
from datetime import datetime, timezone

from refusals import Problem

PRICE, ISBN = re.compile(r"[0-9]{1,6}\.[0-9]{2}"), re.compile(r"[0-9]{13}")


def is_words(value):
    return isinstance(value, str) and value.strip() != "" and len(value) <= 200


def is_year(value):
    return type(value) is int and 1450 <= value <= 2100


def is_price(value):
    return isinstance(value, str) and PRICE.fullmatch(value) is not None


def is_isbn(value):
    return value is None or (isinstance(value, str) and ISBN.fullmatch(value) is not None)


RULES = {
    "title": (is_words, "Give a text of 1 to 200 characters."),
    "author": (is_words, "Give a text of 1 to 200 characters."),
    "year": (is_year, "Give a whole number from 1450 to 2100."),
    "price": (is_price, 'Give a text such as "12.90".'),
    "isbn": (is_isbn, "Give a text of 13 digits, or null."),
}


def read_book(request):
    if request.content_type != "application/json":
        raise Problem(415, "Send the book as application/json.")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Problem(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        errors = [{"field": "body", "message": "Send a JSON object."}]
        raise Problem(422, "A book is a JSON object.", errors=errors)
    fields = {name: body.get(name) for name in RULES}
    errors = [
        {"field": name, "message": words}
        for name, (fits, words) in RULES.items()
        if not fits(fields[name])
    ]
    errors += [
        {"field": name, "message": "There is no such field."} for name in body if name not in RULES
    ]
    if errors:
        raise Problem(422, "Some fields are not as they should be.", errors=errors)
    return fields


def is_like(field, wanted):
    return field.lower() == wanted.lower() if isinstance(field, str) else field == wanted


class Book:
    def __init__(self, number, fields):
        self.number = number
        self.id = f"{number:06d}"
        self.fields = fields
        self.added_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.version = 1

    @property
    def etag(self):
        return f'"{self.number}-{self.version}"'

    def show(self):
        return {"id": self.id, **self.fields, "added_at": self.added_at}


class Shelf:
    def __init__(self):
        self.books = {}
        self.lock = threading.Lock()  # the server answers several requests at once
        self._numbers = itertools.count(1)

    def add(self, fields):
        with self.lock:
            book = Book(next(self._numbers), fields)
            self.books[book.id] = book
        return book

    def get(self, book_id):
        if book_id not in self.books:
            raise Problem(404, f"There is no book {book_id}.")
        return self.books[book_id]

    def remove(self, book_id):
        with self.lock:
            del self.books[self.get(book_id).id]

    def list_after(self, number, wanted):
        with self.lock:
            books = list(self.books.values())
        return [
            book
            for book in books
            if book.number > number
            and all(is_like(book.fields[name], value) for name, value in wanted.items())
        ]

"""What checks of several tasks use: made-up books, and the steps that they only build on.

Each check meets a service that was just started, so its shelf is empty. Addresses of books are made
from their ids, so that a wrong `Location` fails one check and not all.
"""

import re

from milepost.engine.checks.answers import read_object, require_address, require_json_type, require_success

FIRST = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
LAST = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Castro", "Hale", "Ferrer"]
THINGS = ["Lantern", "Harbour", "Orchard", "Winter", "Compass", "Letter", "Bridge", "Garden"]
FIELDS = ("title", "author", "year", "price", "isbn")
WHOLE = ("id", *FIELDS, "added_at")
JSON = {"content-type": "application/json"}
TEXT = {"content-type": "text/plain"}
LOOK_FIRST = 'Look first at the check "An added book lives at the address that Location names"'


def make_up(random, **fields):
    """Make up what a client sends for one book."""
    book = {
        "title": f"The {random.choice(THINGS)} of {random.choice(THINGS)} {random.randint(1, 999)}",
        "author": f"{random.choice(FIRST)} {random.choice(LAST)}",
        "year": random.randint(1450, 2100),
        "price": f"{random.randint(1, 99)}.{random.randint(1, 9)}0",
        "isbn": "".join(random.choice("0123456789") for _ in range(13)),
    }
    return book | fields


def add(service, book):
    """Put a book on the shelf, and return it as the service does; how that is answered is another check's business."""
    answer = service.post("/books", json=book)
    require_success(answer, 201, f"This check needs a book on the shelf. {LOOK_FIRST}")
    added = read_object(answer, "id")
    require_json_type(added["id"], "id", "a text", "Clients build nothing from it and count nothing with it; send a text")
    return added


def look(service, book):
    """Get a book that is on the shelf; return the answer."""
    answer = service.get(address(book))
    require_success(answer, 200, f"The book was added under this `id` and never removed, so it is there. {LOOK_FIRST}")
    return answer


def read_book(answer):
    """Read an answer that is a whole book: its seven fields, and nothing else."""
    document = read_object(answer, *WHOLE)
    return {name: document[name] for name in WHOLE}


def address(book):
    """Return the address of a book."""
    require_address(book["id"], "id")
    return f"/books/{book['id']}"


def remove(service, book):
    """Take a book from the shelf; how that is answered is the business of another check."""
    require_success(service.delete(address(book)), 204, "A book that is there can be removed")


def change(service, book, new):
    """Put another book in the place of the one that is there; which good status it has is the business of another check."""
    before = look(service, book)
    answer = service.put(address(book), json=new, headers=name_version(before))
    require_success(answer, 200, explain_version(before))


def explain_version(before, otherwise=""):
    """Say why a change is accepted that names the version of the answer before it, or that it could name none."""
    if not before.headers.get("etag", ""):
        return f"Your answer to `{before.title}` had no `ETag`, so the change could name no version; send one with every book"
    return otherwise or (
        "The change names the version that your last answer named, so it is accepted; compare `If-Match` with the `ETag` as it "
        "was sent, with its quotes"
    )


def name_version(answer, header="if-match"):
    """Return the header that names the version of an answer, byte by byte as it came."""
    etags = [value for name, value in answer.headers.raw if name.lower() == b"etag"]
    return {header: etags[0] if etags else b""}


def read_etag(answer):
    """Read the version that an answer names, with its quotes."""
    etag = answer.headers.get("etag", "")
    assert etag != "", (
        f"Your answer to `{answer.title}` has no `ETag`. A client that wants to change the book must name its "
        "version, and would have to ask again; send it with every book"
    )
    assert re.fullmatch(r'(W/)?"[^"]+"', etag), (
        f"Your `ETag` in the answer to `{answer.title}` is not in quotes. HTTP writes versions with them, and "
        "caches and libraries drop what is written otherwise; the quotes are part of it"
    )
    return etag

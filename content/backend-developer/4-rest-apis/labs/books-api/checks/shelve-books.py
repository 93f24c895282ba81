"""Checks of adding books and of looking them up. Every book is made up from the seed of the run."""

import re
from datetime import UTC, datetime, timedelta

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_address, require_status, require_type

from checks.support import WHOLE, add, look, make_up, read_book

HERE = r"^http://(127\.0\.0\.1|localhost):8000(?=/)"  # an address may begin so, or with the path


@check(task="shelve-books", objectives=["rest-apis.endpoints"])
def test_an_added_book_lives_at_its_address(service, random):
    """An added book lives at the address that Location names"""
    places = {}
    for book in [make_up(random) for _ in range(3)]:
        answer = service.post("/books", json=book)
        require_status(answer, 201, "Something new was made, and 201 says so")
        require_type(answer)
        assert read_object(answer, "title")["title"] == book["title"], (
            "Your answer to an added book shows another book. A client that adds one is answered with it, as it "
            "stands on the shelf now"
        )
        place = re.sub(HERE, "", answer.headers.get("location", ""))
        assert place.startswith("/books/"), (
            "Your `Location` is missing, or is no book's address. A client that has added a book must be "
            "told where it is; send `/books/` and the new book's id"
        )
        require_address(place, "Location")
        assert place not in places, (
            "Your `Location` is the address of an earlier book. Each is found again only by its own address; never "
            "use an id twice"
        )
        places[place] = book

    for place, book in places.items():
        found = service.get(place)
        require_status(found, 200, "The address came from your `Location`, so the book must be there")
        require_type(found)
        assert read_object(found, "title")["title"] == book["title"], (
            "Your `Location` leads to another book. Each is found again only by its own address; look the book up by "
            "the id that stands in it"
        )


@check(task="shelve-books", objectives=["rest-apis.json"])
def test_a_book_reads_back_as_it_was_written(service, random):
    """Money, absence and ids survive JSON"""
    without = {name: value for name, value in make_up(random).items() if name != "isbn"}
    longest = make_up(random, title="t" * 200, author="ü" * 200, year=2100, price="999999.99")
    shortest = make_up(random, title="t", author="A", year=1450, isbn=None, price="0.10")

    for book in (make_up(random), without, longest, shortest):
        added = add(service, book)
        shown = read_book(look(service, added))
        assert shown["price"] == book["price"], (
            "Your `price` came back otherwise than it was sent. As a number, 12.90 comes back as 12.9, "
            "and 0.1 + 0.2 is not 0.3; keep it a text from end to end"
        )
        assert shown["isbn"] == book.get("isbn"), (
            "Your `isbn` came back otherwise than it was sent. What was left out is null, and a text "
            "stays a text, or its first zeros get lost"
        )
        assert shown["year"] == book["year"] and not isinstance(shown["year"], str), (
            "Your `year` is not the number that was sent. Clients sort and compare by it; send a number"
        )
        assert {name: added[name] for name in WHOLE if name in added} == shown, (
            "Your answer to an added book is not the book that stands there afterwards. A client that adds one needs "
            "its `id` and `added_at` without asking again; send the whole book"
        )


@check(task="shelve-books", objectives=["rest-apis.json"])
def test_the_moment_of_adding_is_told_in_utc(service, random):
    """The moment of adding is told in UTC"""
    added = add(service, make_up(random))
    moment = read_object(look(service, added), "added_at")["added_at"]

    parsed = require_moment(moment)
    assert abs(datetime.now(UTC) - parsed) < timedelta(days=1), (
        "Your `added_at` is not the moment at which the book was added. Clients sort and count by it; take "
        "it from the clock when the book is added"
    )


def require_moment(moment):
    """See that a moment is written as RFC 3339 does, in UTC."""
    assert isinstance(moment, str) and moment.endswith("Z"), (
        "Your `added_at` does not end in `Z`. A moment says that it is UTC, or every client guesses "
        "another; write it like 2026-03-01T09:30:00Z"
    )
    parsed = parse_moment(moment)
    assert parsed is not None, (
        "Your `added_at` is no moment as RFC 3339 writes it. Clients read it with a library that knows "
        "only that; write it like 2026-03-01T09:30:00Z"
    )
    assert parsed.utcoffset() == timedelta(0), (
        "Your `added_at` names another zone beside `Z`. Z is UTC; write no offset before it"
    )
    return parsed


def parse_moment(text):
    """Read an RFC 3339 moment, or None."""
    try:
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None

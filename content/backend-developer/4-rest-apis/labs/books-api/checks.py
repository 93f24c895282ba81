"""Checks of the books API. Every book is made up from the seed of the run.

Each check meets a service that was just started, so its shelf is empty. Addresses of books are made
from their ids, so that a wrong `Location` fails one check and not all.
"""

from datetime import datetime, timedelta

from milepost.engine.checks import check

FIRST = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
LAST = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Castro", "Hale", "Ferrer"]
THINGS = ["Lantern", "Harbour", "Orchard", "Winter", "Compass", "Letter", "Bridge", "Garden"]
FIELDS = ("title", "author", "year", "price", "isbn")


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
    """Put a book on the shelf; answer it as the service does, with its ETag."""
    answer = service.post("/books", json=book)
    assert answer.status_code == 201, "Something new was made, so a book that was added answers 201"
    added = answer.json()
    assert isinstance(added, dict), "The answer to an added book is the book, a JSON object"
    assert isinstance(added.get("id"), str), "The book in the answer has its `id`, a text"
    return added, answer.headers.get("etag", "")


def address(book):
    """Say where a book is."""
    return f"/books/{book['id']}"


def require_problem(answer, status, why):
    """See that an answer is a refusal with a problem document, and answer the document."""
    assert answer.status_code == status, why
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    assert kind == "application/problem+json", (
        "A refusal is a problem document, so that a client can tell it from a book"
    )
    document = answer.json()
    assert isinstance(document, dict), "A problem document is a JSON object"
    assert document.get("status") == status, "The document repeats the status of the answer"
    assert isinstance(document.get("title"), str), "The document has a `title` for people"
    return document


def read_page(service, where):
    """Read one page; answer the ids on it and the address of the next."""
    answer = service.get(where)
    assert answer.status_code == 200, "A page of the shelf answers 200, also when it is empty"
    page = answer.json()
    assert isinstance(page, dict), "A page is a JSON object with `items` and `next`"
    items, following = page.get("items"), page.get("next", "missing")
    assert isinstance(items, list), "`items` is a list of books"
    assert all(isinstance(item, dict) for item in items), "Every item is a whole book"
    assert following is None or str(following).startswith("/books?"), (
        "`next` is the address of the next page, or null: a client follows it as it is"
    )
    return [item.get("id") for item in items], following


def read_all(service, where, pages):
    """Follow `next` to the end, over at most so many pages; answer the ids page by page."""
    found = []
    while where is not None:
        assert len(found) < pages, "`next` is null on the last page, or a client never gets home"
        ids, where = read_page(service, where)
        found.append(ids)
    return found


@check(task="shelve-books", objectives=["rest-apis.endpoints"])
def test_an_added_book_lives_at_its_address(service, random):
    """An added book lives at the address that Location names"""
    books = [make_up(random) for _ in range(3)]
    answers = [service.post("/books", json=book) for book in books]

    for book, answer in zip(books, answers, strict=True):
        assert answer.status_code == 201, "Something new was made, so the answer is 201"
        place = answer.headers.get("location", "").removeprefix(service.url)
        assert place.startswith("/books/"), (
            "A client that has added a book must be told where it is: Location is its own address"
        )
        found = service.get(place)
        assert found.status_code == 200, "The address in Location leads to the book"
        shown = found.json()
        assert isinstance(shown, dict), "At its address there is the book, a JSON object"
        assert shown.get("title") == book["title"], "Every book has an address of its own"


@check(task="shelve-books", objectives=["rest-apis.json"])
def test_a_book_reads_back_as_it_was_written(service, random):
    """Money, absence, ids and moments survive JSON"""
    without = {name: value for name, value in make_up(random).items() if name != "isbn"}

    for book in (make_up(random), without, make_up(random, isbn=None, price="0.10")):
        added, _ = add(service, book)
        shown = service.get(address(added)).json()
        assert isinstance(shown, dict), "At its address there is the book, a JSON object"
        assert shown.get("price") == book["price"], (
            "A price is text from end to end: as a number, 12.90 comes back as 12.9, and 0.1 + 0.2 "
            "is not 0.3"
        )
        assert "isbn" in shown, "A field that has no value is null, not missing: a client looks for it"
        assert shown["isbn"] == book.get("isbn"), "What was left out is null, and a text stays a text"
        assert isinstance(shown.get("year"), int), "A year is a number"
        moment = str(shown.get("added_at"))
        assert moment.endswith("Z"), "A moment says that it is UTC, or every client guesses another"
        parsed = parse_moment(moment)
        assert parsed is not None, "A moment is written as RFC 3339 does: 2026-03-01T09:30:00Z"
        assert parsed.utcoffset() == timedelta(0), "Z is UTC"


def parse_moment(text):
    """Read an RFC 3339 moment, or None."""
    try:
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_an_unknown_book_is_404(service, random):
    """An unknown book answers 404 with a problem document"""
    added, _ = add(service, make_up(random))
    unknown = f"/books/{added['id']}{random.randint(10, 99)}x"

    assert service.get(address(added)).status_code == 200, "The known book is there"
    require_problem(
        service.get(unknown),
        404,
        "An id that was never issued must not look like an empty success: a client can't tell a "
        "typo from an empty shelf",
    )


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_every_wrong_field_is_named(service, random):
    """Every field that is wrong is named, all at once"""
    good = make_up(random)
    wrong = [
        ({"year": str(good["year"])}, {"year"}),
        ({"year": random.randint(2101, 9999), "title": "  "}, {"year", "title"}),
        ({"price": 12.9, "isbn": "123"}, {"price", "isbn"}),
        ({"author": "x" * 201, "price": "12,90", "colour": "red"}, {"author", "price", "colour"}),
    ]
    cases = [(good | change, named) for change, named in wrong]
    cases.append(({"isbn": None}, {"title", "author", "year", "price"}))

    add(service, good)
    for body, named in cases:
        document = require_problem(
            service.post("/books", json=body), 422, "JSON that is no book is well-formed but wrong: 422"
        )
        errors = document.get("errors")
        assert isinstance(errors, list), "The document lists the `errors`"
        fields = {error.get("field") for error in errors if isinstance(error, dict)}
        assert fields == named, (
            "Each wrong field is named, and no other, so that a person mends a form once"
        )
    assert len(read_page(service, "/books")[0]) == 1, "What was refused is not on the shelf"


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_what_is_no_json_is_refused_for_what_it_is(service, random):
    """A body that is not JSON answers 400, one of another type 415"""
    add(service, make_up(random))
    json = {"content-type": "application/json"}
    broken = '{"title": "' + random.choice(THINGS)

    require_problem(
        service.post("/books", content=broken, headers=json),
        400,
        "A body that can't be read at all is 400; 422 is for what was read and understood",
    )
    require_problem(
        service.post("/books", content="title=Emma", headers={"content-type": "text/plain"}),
        415,
        "A body of a type that is not spoken here is 415, so that a client knows to change the type",
    )


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_a_removed_book_is_gone(service, random):
    """DELETE answers 204 without a body, and the book is gone"""
    gone, kept = (add(service, make_up(random))[0] for _ in range(2))

    answer = service.delete(address(gone))
    assert answer.status_code == 204, "It is done and there is nothing to say: 204"
    assert answer.content == b"", "204 promises that there is no body"
    again = service.delete(address(gone))
    assert again.status_code == 404, "Removing twice leaves the same shelf; the second finds nothing"
    assert service.get(address(gone)).status_code == 404, "What was removed is unknown"
    assert service.get(address(kept)).status_code == 200, "Nothing else was removed"


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_put_replaces_the_whole_book(service, random):
    """PUT replaces the whole book"""
    added, etag = add(service, make_up(random))
    new = {name: value for name, value in make_up(random).items() if name != "isbn"}

    answer = service.put(address(added), json=new, headers={"if-match": etag})
    assert answer.status_code == 200, "A replaced book answers 200 with what it is now"
    shown = service.get(address(added)).json()
    assert isinstance(shown, dict), "At its address there is the book, a JSON object"
    assert shown.get("title") == new["title"], "The new title replaces the old"
    assert shown.get("isbn") is None, (
        "PUT puts what was sent in the place of what was there: what is not sent is not kept"
    )
    assert shown.get("id") == added["id"], "It is the same book, at the same address"
    assert shown.get("added_at") == added.get("added_at"), "It was added when it was added"


@check(task="change-books", objectives=["rest-apis.headers"])
def test_nobody_overwrites_what_they_have_not_seen(service, random):
    """A change that is based on an old version is refused"""
    added, etag = add(service, make_up(random))
    first, second = make_up(random, title="First"), make_up(random, title="Second")

    answer = service.put(address(added), json=first, headers={"if-match": etag})
    assert answer.status_code == 200, "A change of the current version is accepted"
    require_problem(
        service.put(address(added), json=second, headers={"if-match": etag}),
        412,
        "Two people read the same version; the second to write must hear of the first's change "
        "instead of wiping it out",
    )
    shown = service.get(address(added))
    assert shown.json().get("title") == "First", "A refused change changes nothing"
    assert shown.headers.get("etag", "") != etag, "Another version has another ETag"
    require_problem(
        service.put(address(added), json=second),
        428,
        "A change that names no version could overwrite anything, so one is required: 428",
    )
    current = {"if-match": shown.headers.get("etag", "")}
    answer = service.put(address(added), json=second, headers=current)
    assert answer.status_code == 200, "Who has read the current version may change it"


@check(task="shelve-books", objectives=["rest-apis.headers"])
def test_an_unchanged_book_is_not_sent_again(service, random):
    """A client that has the current version is answered 304"""
    added, etag = add(service, make_up(random))

    assert len(etag) > 2, "An added book's answer has its ETag"
    assert service.get(address(added)).headers.get("etag") == etag, "The version did not change"
    answer = service.get(address(added), headers={"if-none-match": etag})
    assert answer.status_code == 304, "The client has this version already: 304 saves sending it"
    assert answer.content == b"", "304 has no body"
    answer = service.get(address(added), headers={"if-none-match": '"of-another-time"'})
    assert answer.status_code == 200, "A client with another version is sent the current one"


@check(task="find-books", objectives=["rest-apis.query-parameters"])
def test_filters_narrow_and_unknown_parameters_are_refused(service, random):
    """Filters narrow the shelf, and a parameter that does not exist is refused"""
    author, year = "Ursula Vernon & Sons", random.randint(1500, 2000)
    both = [add(service, make_up(random, author=author, year=year))[0]["id"] for _ in range(2)]
    other = add(service, make_up(random, author=author, year=year + 1))[0]["id"]
    third = add(service, make_up(random, year=year))[0]["id"]

    expected = [
        ({"author": author}, [*both, other]),
        ({"year": year}, [*both, third]),
        ({"author": author, "year": year}, both),
        ({"author": "Ursula"}, []),
    ]
    for wanted, ids in expected:
        answer = service.get("/books", params=wanted)
        assert answer.status_code == 200, "A filter that nothing fits is an empty page, no refusal"
        page = answer.json()
        assert isinstance(page, dict), "A page is a JSON object with `items` and `next`"
        assert [item.get("id") for item in page.get("items", [])] == ids, (
            "A page holds exactly the books that fit every filter, in the order of adding"
        )
    for query in ("auther=Jane", "year=recent"):
        require_problem(
            service.get(f"/books?{query}"),
            400,
            "A parameter that is misspelt, or makes no sense, is refused: ignored, it answers "
            "another question than was asked",
        )


@check(task="find-books", objectives=["rest-apis.pagination"])
def test_pages_join_into_the_whole_shelf(service, random):
    """Pages are as long as asked for, keep the filter, and end"""
    chosen = "Iris Page"
    ids = [add(service, make_up(random, author=chosen))[0]["id"] for _ in range(6)]
    for _ in range(2):
        add(service, make_up(random, author="Somebody Else"))

    pages = read_all(service, f"/books?limit=3&author={chosen.replace(' ', '%20')}", 4)
    assert pages == [ids[:3], ids[3:]], (
        "Every page is full but the last, holds only what the filter lets through, and the last "
        "one says that it is the last"
    )
    assert read_all(service, "/books?limit=8", 2)[0][:6] == ids, "All fit on one page of 8"
    for limit in ("0", "101", "ten"):
        require_problem(
            service.get(f"/books?limit={limit}"), 400, "A page has 1 to 100 books; others are refused"
        )


@check(task="find-books", objectives=["rest-apis.pagination"], hidden=True)
def test_pages_hold_while_the_shelf_changes(service, random):
    """Nobody is skipped or repeated while books come and go"""
    ids = [add(service, make_up(random))[0]["id"] for _ in range(8)]
    page, following = read_page(service, "/books?limit=3")
    assert page == ids[:3], "The first page holds the three that were added first"

    for removed in (ids[0], ids[2]):
        status = service.delete(f"/books/{removed}").status_code
        assert status in (200, 204), "A book can be removed"
    new = add(service, make_up(random))[0]["id"]
    assert following is not None, "There are more books than fit on the first page"
    rest = [each for part in read_all(service, following, 5) for each in part]
    assert rest == [*ids[3:], new], (
        "Books that were removed from an earlier page must not move the later ones: a page begins "
        "after a book, not after a number of books"
    )

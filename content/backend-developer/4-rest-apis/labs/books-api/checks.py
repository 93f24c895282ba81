"""Checks of the books API. Every book is made up from the seed of the run.

Each check meets a service that was just started, so its shelf is empty. Addresses of books are made
from their ids, so that a wrong `Location` fails one check and not all.
"""

import json
import re
from datetime import UTC, datetime, timedelta

from milepost.engine.checks import check

FIRST = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
LAST = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Castro", "Hale", "Ferrer"]
THINGS = ["Lantern", "Harbour", "Orchard", "Winter", "Compass", "Letter", "Bridge", "Garden"]
FIELDS = ("title", "author", "year", "price", "isbn")
WHOLE = ("id", *FIELDS, "added_at")
JSON = {"content-type": "application/json"}
HERE = r"^http://(127\.0\.0\.1|localhost):8000(?=/)"  # an address may begin so, or with the path


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


def require_status(answer, status, why):
    """See that an answer has this status; the message begins with the one it has."""
    reason = tell_refused_field(answer) if status < 400 else ""
    assert answer.status_code == status, (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}. {why}{reason}"
    )


def tell_refused_field(answer):
    """Quote what a 422 said of a body that was right, so that the learner sees which field it was."""
    if answer.status_code != 422:
        return ""
    return f". Every field was as the brief allows, and yours refused it with: {answer.text[:200]}"


def read_object(answer, *names):
    """Read an answer that is a JSON object and has these fields."""
    document = answer.json()
    assert isinstance(document, dict), (
        f"Your service answered `{answer.title}` with JSON that is no object. Clients look fields up "
        "by name; send one object"
    )
    absent = [name for name in names if name not in document]
    assert not absent, (
        f"`{absent[0]}` is missing from your answer to `{answer.title}`. A client looks for it by its "
        "name, so it is always there; what has no value is null, not missing"
    )
    return document


def read_book(answer):
    """Read an answer that is a whole book: its seven fields, and nothing else."""
    document = read_object(answer, *WHOLE)
    return {name: document[name] for name in WHOLE}


def require_json(answer):
    """See that an answer says that it is JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    assert kind == "application/json", (
        f"Your answer to `{answer.title}` is not sent as `application/json`. Libraries look at the type before "
        "they read the body, and leave alone what only looks like JSON; name the type whenever you send JSON"
    )


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


def add(service, book):
    """Put a book on the shelf; return it as the service does, with its ETag."""
    answer = service.post("/books", json=book)
    require_status(answer, 201, "Something new was made, and 201 says so")
    added = read_object(answer, "id")
    assert isinstance(added["id"], str), (
        "Your `id` is no text. Clients build nothing from it and count nothing with it; send a text"
    )
    return added, answer.headers.get("etag", "")


def name_version(answer, header="if-match"):
    """Return the header that names the version of an answer, byte by byte as it came."""
    etags = [value for name, value in answer.headers.raw if name.lower() == b"etag"]
    return {header: etags[0] if etags else b""}


def address(book):
    """Return the address of a book."""
    assert can_be_asked_for(book["id"]), (
        "Your `id` can't stand in an address: it is very long, or holds a line break or another sign that can't be "
        "seen. A client puts it behind `/books/`; give a short one of letters and digits"
    )
    return f"/books/{book['id']}"


def can_be_asked_for(text):
    """Tell whether a text can be sent as an address, or as a part of one."""
    return re.fullmatch(r"[^\x00-\x1f\x7f\ud800-\udfff]{,1000}", str(text)) is not None


def remove(service, book):
    """Take a book from the shelf; how that is answered is the business of another check."""
    answer = service.delete(address(book))
    assert answer.status_code in (200, 204), (
        f"Your service answered `{answer.title}` with {answer.status_code}. A book that is there can be "
        "removed"
    )


def change(service, book, new):
    """Put another book in the place of the one that is there."""
    current = name_version(service.get(address(book)))
    answer = service.put(address(book), json=new, headers=current)
    require_status(answer, 200, "The change is based on the current version, so it is accepted")


def require_problem(answer, status, why):
    """See that an answer is a refusal with a problem document, and return the document."""
    require_status(answer, status, why)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    assert kind == "application/problem+json", (
        f"Your refusal of `{answer.title}` is not sent as `application/problem+json`. That type is how "
        "a client tells a refusal from a book; set it on every refusal"
    )
    document = read_object(answer, "title", "status")
    assert document["status"] == status, (
        "Your problem document has another `status` than the answer. In a log one sees "
        "only the document; put the same number into both"
    )
    assert isinstance(document["title"], str), (
        "Your problem document's `title` is no text. People read it; say there what is wrong"
    )
    return document


def describe_fields(body, names):
    """Write what these fields of a body were, as JSON shows them."""
    written = {name: json.dumps(body[name], ensure_ascii=False) for name in names if name in body}
    values = {name: text if len(text) < 40 else f"{text[:36]}…" for name, text in written.items()}
    return ", ".join(f"`{name}` was {values.get(name, 'missing')}" for name in sorted(names))


def read_error_fields(answer, why):
    """Read the refusal of a body; return the fields that it names."""
    document = require_problem(answer, 422, why)
    errors = document.get("errors")
    assert isinstance(errors, list), (
        "`errors` is missing from your problem document, or is no list. A client puts each message "
        "beside its field; list one object with `field` and `message` for every wrong field"
    )
    assert all(isinstance(error, dict) and isinstance(error.get("message"), str) for error in errors), (
        "Your `errors` holds something without a `message`, or with one that is no text. A client shows it "
        "beside the field; say there what would be right"
    )
    return sorted({str(error.get("field")) for error in errors})


def read_page(service, where):
    """Read one page; return the ids on it and the address of the next."""
    answer = service.get(where)
    require_status(answer, 200, "A page of the shelf is an answer, also when it is empty")
    page = read_object(answer, "items", "next")
    following = page["next"]
    assert following is None or str(following).startswith("/books?"), (
        "Your `next` does not begin with `/books?`, and is not null. A client follows it as it is; give "
        "the whole address of the next page"
    )
    assert can_be_asked_for(following), (
        "Your `next` is no address that a client can ask for: it is very long, or holds a sign that can't be seen. A "
        "client follows it as it is; keep what marks the place short, and percent-encode what is no letter or digit"
    )
    return read_ids(page["items"]), following


def read_ids(items):
    """Return the ids of the books on a page."""
    assert isinstance(items, list), (
        "Your `items` is no list. A client goes through it book by book; send a list, also of none"
    )
    assert all(isinstance(item, dict) and "id" in item for item in items), (
        "Your `items` holds something that is no book, or a book without its `id`. A client reads the "
        "list to save itself a request for each; send whole books"
    )
    return [item["id"] for item in items]


def read_all(service, where, pages):
    """Follow `next` to the end, over at most so many pages; return the ids page by page."""
    found = []
    while where is not None:
        assert len(found) < pages, (
            "Your `next` leads to more pages than there are. A client that follows it never gets home, "
            "or shows a last page with nothing on it; on the last page `next` is null"
        )
        ids, where = read_page(service, where)
        found.append(ids)
    return found


@check(task="shelve-books", objectives=["rest-apis.endpoints"])
def test_an_added_book_lives_at_its_address(service, random):
    """An added book lives at the address that Location names"""
    places = {}
    for book in [make_up(random) for _ in range(3)]:
        answer = service.post("/books", json=book)
        require_status(answer, 201, "Something new was made, and 201 says so")
        require_json(answer)
        assert read_object(answer, "title")["title"] == book["title"], (
            "Your answer to an added book shows another book. A client that adds one is answered with it, as it "
            "stands on the shelf now"
        )
        place = re.sub(HERE, "", answer.headers.get("location", ""))
        assert place.startswith("/books/"), (
            "Your `Location` is missing, or is no book's address. A client that has added a book must be "
            "told where it is; send `/books/` and the new book's id"
        )
        assert can_be_asked_for(place), (
            "Your `Location` is longer than a thousand signs. Clients and proxies cut such addresses off, or refuse them; give "
            "books short ids"
        )
        assert place not in places, (
            "Your `Location` is the address of an earlier book. Each is found again only by its own address; never "
            "use an id twice"
        )
        places[place] = book

    for place, book in places.items():
        found = service.get(place)
        require_status(found, 200, "The address came from your `Location`, so the book must be there")
        require_json(found)
        assert read_object(found, "title")["title"] == book["title"], (
            "Your `Location` leads to another book. Each is found again only by its own address; look the book up by "
            "the id that stands in it"
        )


@check(task="shelve-books", objectives=["rest-apis.endpoints"])
def test_an_id_is_never_given_again(service, random):
    """The id of a removed book is never given to another"""
    books = [add(service, make_up(random))[0] for _ in range(3)]

    given = [book["id"] for book in books]
    for gone in (books[2], books[0]):
        remove(service, gone)
        added, _ = add(service, make_up(random))
        assert added["id"] not in given, (
            "Your service gave an id to a second book. A client that kept the old address finds a book there that "
            "it never meant, and may change or remove it; count on, whatever was removed"
        )
        given.append(added["id"])


@check(task="shelve-books", objectives=["rest-apis.json"])
def test_a_book_reads_back_as_it_was_written(service, random):
    """Money, absence and ids survive JSON"""
    without = {name: value for name, value in make_up(random).items() if name != "isbn"}

    longest = make_up(random, title="t" * 200, author="ü" * 200, year=2100, price="999999.99")
    shortest = make_up(random, title="t", author="A", year=1450, isbn=None, price="0.10")
    for book in (make_up(random), without, longest, shortest):
        added, _ = add(service, book)
        answer = service.get(address(added))
        require_status(answer, 200, "The book was just added, so it is there")
        shown = read_book(answer)
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
    added, _ = add(service, make_up(random))
    moment = read_object(service.get(address(added)), "added_at")["added_at"]

    parsed = require_moment(moment)
    assert abs(datetime.now(UTC) - parsed) < timedelta(days=1), (
        "Your `added_at` is not the moment at which the book was added. Clients sort and count by it; take "
        "it from the clock when the book is added"
    )


def require_moment(moment):
    """See that a moment is written as RFC 3339 does, in UTC."""
    assert str(moment).endswith("Z"), (
        "Your `added_at` does not end in `Z`. A moment says that it is UTC, or every client guesses "
        "another; write it like 2026-03-01T09:30:00Z"
    )
    parsed = parse_moment(str(moment))
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


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_an_unknown_book_is_404(service, random):
    """An unknown book answers 404 with a problem document"""
    added, _ = add(service, make_up(random))
    unknown = f"/books/{added['id']}{random.randint(10, 99)}x"

    require_status(service.get(address(added)), 200, "The book was just added, so it is there")
    require_problem(
        service.get(unknown),
        404,
        "An id that was never issued must not look like an empty success: a client can't tell a "
        "typo from an empty shelf",
    )
    require_no_such_book(service, unknown, make_up(random))
    require_problem(service.get(unknown), 404, "What was refused must not have made a book")


def require_no_such_book(service, unknown, book):
    """See that a PUT is refused where there is no book: as unknown, or because its version is not current."""
    answer = service.put(unknown, json=book, headers={"if-match": '"1"'})
    assert answer.status_code in (404, 412), (
        f"Your service answered `{answer.title}` with {answer.status_code}, though there is no such book. "
        "Ids are the service's to give, and a misspelt address must not become a second book; refuse with 404"
        f"{tell_refused_field(answer)}"
    )


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_every_wrong_field_is_named(service, random):
    """Every field that is wrong is named, all at once"""
    good = make_up(random)
    changes = [
        ({"year": str(good["year"])}, {"year"}),
        ({"year": random.choice([1449, 2101]), "title": "  "}, {"year", "title"}),
        ({"price": 12.9, "isbn": "123456789012"}, {"price", "isbn"}),
        ({"title": "t" * 201, "price": "1000000.00", "isbn": 1234567890123}, {"title", "price", "isbn"}),
        ({"author": "x" * 201, "price": "12,90", "colour": "red"}, {"author", "price", "colour"}),
    ]
    cases = [(good | change, named) for change, named in changes]
    cases.append(({"isbn": None}, {"title", "author", "year", "price"}))

    add(service, good)
    for body, named in cases:
        wrong = describe_fields(body, named)
        fields = read_error_fields(
            service.post("/books", json=body), f"In the body that was sent, {wrong}, which the brief does not allow"
        )
        assert fields == sorted(named), (
            f"Your `errors` names other fields than those that are wrong: {wrong}. A person who corrects a form "
            "wants to send it once more, not four times; name every wrong field, and no other"
        )
    assert len(read_page(service, "/books")[0]) == 1, (
        "Your shelf does not hold just the one good book. What was refused must not be kept; look at all "
        "fields before you store anything"
    )


@check(task="refuse-with-reasons", objectives=["rest-apis.json"])
def test_what_is_nearly_right_is_refused(service, random):
    """A value that is only nearly right is refused"""
    good = make_up(random)
    digits = good["isbn"]
    nearly = {
        "title": ["", None, 1984],
        "author": ["", ["Jane Austen"]],
        "year": [good["year"] + 0.5, None],
        "price": ["12.9", "12.905", ".90", "-12.90", "12", ""],
        "isbn": [f"{digits}0", f"{digits[:12]}X", ""],
        "id": ["mine"],
        "added_at": ["2026-03-01T09:30:00Z"],
    }

    add(service, good)
    for field, values in nearly.items():
        for value in values:
            answer = service.post("/books", json=good | {field: value})
            wrong = describe_fields({field: value}, [field])
            assert read_error_fields(answer, f"{wrong}, which the brief does not allow") == [field], (
                f"Your `errors` does not name just `{field}`, the only field that is wrong here: {wrong}. A person who "
                "corrects a form looks where the message stands; name what is wrong, and nothing else"
            )
    assert len(read_page(service, "/books")[0]) == 1, (
        "Your shelf does not hold just the one good book. What was refused must not be kept; look at all "
        "fields before you store anything"
    )


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_what_is_no_json_is_refused_for_what_it_is(service, random):
    """A body that is not JSON answers 400, one of another type 415"""
    add(service, make_up(random))
    broken = '{"title": "' + random.choice(THINGS)

    require_problem(
        service.post("/books", content=broken, headers=JSON),
        400,
        "A body that can't be read at all is 400; 422 is for what was read and understood",
    )
    require_problem(
        service.post("/books", content="title=Emma", headers={"content-type": "text/plain"}),
        415,
        "A body of a type that is not spoken here is 415, so that a client knows to change the type",
    )


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_a_change_is_looked_at_like_a_new_book(service, random):
    """A PUT is refused for the same reasons as a POST, and then changes nothing"""
    added, _ = add(service, make_up(random))
    before = service.get(address(added))
    current = name_version(before)
    new = make_up(random)

    incomplete = {name: value for name, value in new.items() if name != "author"}
    for body, field in (
        (incomplete, "author"),
        (new | {"year": str(new["year"])}, "year"),
        (new | {"colour": "red"}, "colour"),
    ):
        answer = service.put(address(added), json=body, headers=current)
        wrong = describe_fields(body, [field])
        why = f"{wrong}, and a change is read by the same rules as a new book"
        assert read_error_fields(answer, why) == [field], (
            f"Your `errors` does not name just `{field}`, the only field that is wrong here: {wrong}. A change is read "
            "by the same rules as a new book; use one reader for both"
        )
    require_problem(
        service.put(address(added), content='{"title": ', headers=current | JSON),
        400,
        "A body that can't be read at all is 400, for a change as for a new book",
    )
    require_problem(
        service.put(address(added), content="year=1", headers=current | {"content-type": "text/plain"}),
        415,
        "A body of a type that is not spoken here is 415, for a change as for a new book",
    )
    require_no_such_book(service, f"{address(added)}{random.randint(10, 99)}x", new)
    assert read_page(service, "/books")[0] == [added["id"]], (
        "Your shelf does not hold just the one book that was added. Changes that were refused make no books; "
        "look at the address and the whole body before you store anything"
    )
    after = service.get(address(added))
    shown = (read_book(after), after.headers.get("etag"))
    assert shown == (read_book(before), before.headers.get("etag")), (
        "Your book, or its `ETag`, changed by requests that you refused. What is refused leaves all as it was; "
        "look at the whole body before you store anything"
    )


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_a_removed_book_is_gone(service, random):
    """DELETE answers 204 without a body, and the book is gone"""
    gone, kept = (add(service, make_up(random))[0] for _ in range(2))

    answer = service.delete(address(gone))
    require_status(answer, 204, "It is done and there is nothing to say, which 204 says")
    assert answer.content == b"", (
        "Your 204 has a body. It promises that there is none, and clients don't read it; send nothing"
    )
    again = service.delete(address(gone))
    require_problem(again, 404, "Removing twice leaves the same shelf, but the second finds nothing")
    require_status(service.get(address(gone)), 404, "What was removed is unknown from then on")
    require_status(service.get(address(kept)), 200, "Only the other book was removed")
    assert read_page(service, "/books")[0] == [kept["id"]], (
        "Your shelf does not show just the one book that is left. What was removed is unknown everywhere, on "
        "the shelf's pages too; keep each book in one place, and remove it there"
    )


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_put_replaces_the_whole_book(service, random):
    """PUT replaces the whole book"""
    added, _ = add(service, make_up(random))
    new = {name: value for name, value in make_up(random).items() if name != "isbn"}
    before = read_object(service.get(address(added)), "added_at")

    change(service, added, new)
    shown = read_book(service.get(address(added)))
    assert {name: shown[name] for name in new} == new, (
        "Your book is still another than was sent. PUT puts what was sent in the place of what was there; "
        "store all five fields"
    )
    assert shown["isbn"] is None, (
        "Your book kept its `isbn`, though none was sent. PUT puts what was sent in the place of what "
        "was there: what is left out is null, not kept"
    )
    assert shown["id"] == added["id"], (
        "Your book has another `id` after PUT. It is the same book at the same address; keep it"
    )
    assert shown["added_at"] == before["added_at"], (
        "Your book has another `added_at` after PUT. It was added when it was added; keep it"
    )


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_a_put_is_answered_with_the_new_book(service, random):
    """The answer to a PUT is the new book with its new ETag"""
    added, _ = add(service, make_up(random))
    before = service.get(address(added))
    etag, current = read_etag(before), name_version(before)

    for _ in range(2):
        new = make_up(random)
        answer = service.put(address(added), json=new, headers=current)
        require_status(
            answer, 200, "The client named the version that you told it last, so it may change the book"
        )
        require_json(answer)
        shown = read_book(answer)
        assert {name: shown[name] for name in FIELDS} == new, (
            "Your answer to a PUT is not the book as it is now. A client shows what it is answered, so people "
            "would see their correction undone; store first, then answer with what is stored"
        )
        fresh = read_etag(answer)
        assert fresh != etag, (
            "Your answer to a PUT names the version from before the change. The client's next change would be "
            "refused, though nobody else wrote; send the `ETag` of the new version"
        )
        now = service.get(address(added))
        assert (shown, fresh) == (read_book(now), read_etag(now)), (
            "Your answer to a PUT is another book, or another `ETag`, than a GET gives right after it. Clients "
            "keep what they are answered and ask no more; answer both from what is stored"
        )
        etag, current = fresh, name_version(answer)


@check(task="change-books", objectives=["rest-apis.headers"])
def test_nobody_overwrites_what_they_have_not_seen(service, random):
    """A change that is based on an old version is refused"""
    added, _ = add(service, make_up(random))
    before = service.get(address(added))
    etag, seen = read_etag(before), name_version(before)
    first, second = make_up(random, title="First"), make_up(random, title="Second")

    answer = service.put(address(added), json=first, headers=seen)
    require_status(answer, 200, "The change is based on the current version, so it is accepted")
    require_problem(
        service.put(address(added), json=second, headers=seen),
        412,
        "Two people read the same version; the second to write must hear of the first's change "
        "instead of wiping it out",
    )
    shown = service.get(address(added))
    assert read_object(shown, "title")["title"] == "First", (
        "Your book was changed by a request that you refused. Look at `If-Match` before you store anything"
    )
    assert shown.headers.get("etag", "") != etag, (
        "Your book has the same `ETag` after a change. It is how a client sees that there is another "
        "version; give every version its own"
    )
    require_problem(
        service.put(address(added), json=second),
        428,
        "A change that names no version could overwrite anything, so one is required: 428",
    )
    answer = service.put(address(added), json=second, headers=name_version(shown))
    require_status(answer, 200, "A client that has read the current version may change it")


@check(task="shelve-books", objectives=["rest-apis.headers"])
def test_an_unchanged_book_is_not_sent_again(service, random):
    """A client that has the current version is answered 304"""
    answer = service.post("/books", json=make_up(random))
    require_status(answer, 201, "Something new was made, and 201 says so")
    added, etag = read_object(answer, "id"), read_etag(answer)
    seen = name_version(answer, "if-none-match")

    assert service.get(address(added)).headers.get("etag") == etag, (
        "Your `ETag` is missing or another one, though the book did not change. A version's name stays "
        "the same as long as the version does"
    )
    answer = service.get(address(added), headers=seen)
    require_status(answer, 304, "The client has this version already, and 304 saves sending it")
    assert answer.content == b"", "Your 304 has a body. It is there to save sending one; send nothing"
    answer = service.get(address(added), headers={"if-none-match": '"of-another-time"'})
    require_status(answer, 200, "The client has another version, so it is sent the current one")


@check(task="shelve-books", objectives=["rest-apis.headers"])
def test_a_version_is_that_of_one_book(service, random):
    """A book keeps its version while others come, change and go"""
    added, other, third = (add(service, make_up(random))[0] for _ in range(3))
    etag = read_etag(service.get(address(added)))

    change(service, other, make_up(random))
    remove(service, third)
    add(service, make_up(random))
    assert read_etag(service.get(address(added))) == etag, (
        "Your book has another `ETag`, though only others were added, changed and removed. Every client would "
        "fetch it again, and see its changes refused with 412; give each book a version of its own"
    )


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
        ({"author": author.lower()}, []),
    ]
    for wanted, ids in expected:
        answer = service.get("/books", params=wanted)
        require_status(answer, 200, "A filter that nothing fits gives an empty page, no refusal")
        assert read_ids(read_object(answer, "items")["items"]) == ids, (
            "Your page holds other books than those that fit every filter, or in another order. Compare the "
            "whole author and the year as a number; both together means both, in the order of adding"
        )
    for query in ("auther=Jane", "year=recent", f"year={year}x"):
        require_problem(
            service.get(f"/books?{query}"),
            400,
            "A parameter that is misspelt, or makes no sense, is refused: ignored, it would answer "
            "another question than was asked",
        )


@check(task="find-books", objectives=["rest-apis.query-parameters"])
def test_the_next_page_answers_the_same_question(service, random):
    """`next` keeps the filters and the limit"""
    author, year = "Iris Page", random.randint(1500, 2000)
    ids = []
    for _ in range(5):
        ids.append(add(service, make_up(random, author=author, year=year))[0]["id"])
        add(service, make_up(random, author=author, year=year + 1))
        add(service, make_up(random, author=author.lower(), year=year))

    pages = read_all(service, f"/books?author=Iris%20Page&year={year}&limit=2", 4)
    assert pages == [ids[:2], ids[2:4], ids[4:]], (
        "Your pages don't join into the five books of that author and year, by two. A client follows `next` as "
        "it is, and still means its question; put both filters and the limit into it"
    )


@check(task="find-books", objectives=["rest-apis.pagination"])
def test_pages_join_into_the_whole_shelf(service, random):
    """Pages are as long as asked for, and end"""
    ids = [add(service, make_up(random))[0]["id"] for _ in range(6)]

    assert read_all(service, "/books?limit=3", 4) == [ids[:3], ids[3:]], (
        "Your pages don't join into the six books in the order of adding, three and three. Every page but the "
        "last is full, and the last one has no `next`, full or not"
    )
    ids += [add(service, make_up(random))[0]["id"] for _ in range(16)]
    assert read_all(service, "/books", 3) == [ids[:20], ids[20:]], (
        "Your pages don't join into the 22 books in the order of adding, 20 and 2. A client that asks for no number gets "
        "pages of 20: neither the whole shelf nor a handful"
    )
    for limit in ("1", "100"):
        answer = service.get(f"/books?limit={limit}")
        require_status(answer, 200, "A page has 1 to 100 books, both included")
    for limit in ("0", "101", "-3", "ten", "3x", "2.5"):
        require_problem(
            service.get(f"/books?limit={limit}"), 400, "A page has 1 to 100 books; guessing hides a mistake"
        )


@check(task="find-books", objectives=["rest-apis.json"])
def test_a_page_holds_whole_books(service, random):
    """A page holds whole books, twenty of them if no number is asked for"""
    books = [add(service, make_up(random))[0] for _ in range(21)]
    chosen = random.randrange(20)
    shown = read_book(service.get(address(books[chosen])))

    answer = service.get("/books")
    require_status(answer, 200, "A page of the shelf is an answer")
    require_json(answer)
    items = read_object(answer, "items")["items"]
    assert read_ids(items) == [book["id"] for book in books[:20]], (
        "Your first page does not hold the twenty books that were added first, in that order. A client that asks for no "
        "number gets twenty"
    )
    item = {name: items[chosen][name] for name in WHOLE if name in items[chosen]}
    assert item == shown, (
        "Your page shows a book otherwise than its own address does. A client reads the page to save itself a "
        "request for each book; put whole books into `items`"
    )


@check(task="find-books", objectives=["rest-apis.pagination"])
def test_a_changed_book_keeps_its_place(service, random):
    """A changed book keeps its place on the shelf, and a removed one has none"""
    books = [add(service, make_up(random))[0] for _ in range(4)]

    change(service, books[1], make_up(random))
    remove(service, books[2])
    assert read_page(service, "/books")[0] == [books[n]["id"] for n in (0, 1, 3)], (
        "Your shelf shows other books than the three that are left, or in another order. The order is that of "
        "adding, and a change adds nothing; a client that reads page by page meets a book that moves twice, or never"
    )


@check(task="find-books", objectives=["rest-apis.pagination"], hidden=True)
def test_pages_hold_while_the_shelf_changes(service, random):
    """No book is skipped or repeated while others come and go"""
    books = [add(service, make_up(random))[0] for _ in range(8)]
    ids = [book["id"] for book in books]
    page, following = read_page(service, "/books?limit=3")
    assert page == ids[:3], (
        "Your first page of three does not hold the three books that were added first. The order is that "
        "of adding"
    )

    for removed in (books[0], books[2]):
        remove(service, removed)
    new = add(service, make_up(random))[0]["id"]
    assert following is not None, (
        "Your `next` is null, though there are more books than fit on the first page. A client would "
        "never see them"
    )
    rest = [each for part in read_all(service, following, 5) for each in part]
    assert rest == [*ids[3:], new], (
        "Your later pages skip or repeat books, after two were removed from the first and one was added. "
        "Removing must not move the others: begin a page after a book, not after a number of books"
    )

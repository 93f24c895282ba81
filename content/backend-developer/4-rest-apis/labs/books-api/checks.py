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


def require_status(answer, status, why):
    """See that an answer has this status; the message begins with the one it has."""
    assert answer.status_code == status, (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}. {why}"
    )


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


def add(service, book):
    """Put a book on the shelf; answer it as the service does, with its ETag."""
    answer = service.post("/books", json=book)
    require_status(answer, 201, "Something new was made, and 201 says so")
    added = read_object(answer, "id")
    assert isinstance(added["id"], str), (
        "Your `id` is no text. Clients build nothing from it and count nothing with it; send a text"
    )
    return added, answer.headers.get("etag", "")


def address(book):
    """Say where a book is."""
    return f"/books/{book['id']}"


def require_problem(answer, status, why):
    """See that an answer is a refusal with a problem document, and answer the document."""
    require_status(answer, status, why)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    assert kind == "application/problem+json", (
        f"Your refusal of `{answer.title}` is not sent as `application/problem+json`. That type is how "
        "a client tells a refusal from a book; set it on every refusal"
    )
    document = read_object(answer, "title", "status")
    assert document["status"] == status, (
        "Your problem document has another `status` than the answer. Whoever finds it in a log sees "
        "only the document; put the same number into both"
    )
    assert isinstance(document["title"], str), (
        "Your problem document's `title` is no text. People read it; say there what is wrong"
    )
    return document


def read_page(service, where):
    """Read one page; answer the ids on it and the address of the next."""
    answer = service.get(where)
    require_status(answer, 200, "A page of the shelf is an answer, also when it is empty")
    page = read_object(answer, "items", "next")
    following = page["next"]
    assert following is None or str(following).startswith("/books?"), (
        "Your `next` does not begin with `/books?`, and is not null. A client follows it as it is; give "
        "the whole address of the next page"
    )
    return read_ids(page["items"]), following


def read_ids(items):
    """Answer the ids of the books on a page."""
    assert isinstance(items, list), (
        "Your `items` is no list. A client goes through it book by book; send a list, also of none"
    )
    assert all(isinstance(item, dict) and "id" in item for item in items), (
        "Your `items` holds something that is no book, or a book without its `id`. A client reads the "
        "list to save itself a request for each; send whole books"
    )
    return [item["id"] for item in items]


def read_all(service, where, pages):
    """Follow `next` to the end, over at most so many pages; answer the ids page by page."""
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
    books = [make_up(random) for _ in range(3)]
    answers = [service.post("/books", json=book) for book in books]

    for book, answer in zip(books, answers, strict=True):
        require_status(answer, 201, "Something new was made, and 201 says so")
        place = answer.headers.get("location", "").removeprefix(service.url)
        assert place.startswith("/books/"), (
            "Your `Location` is missing, or is no book's address. A client that has added a book must be "
            "told where it is; send `/books/` and the new book's id"
        )
        found = service.get(place)
        require_status(found, 200, "The address came from your `Location`, so the book must be there")
        assert read_object(found, "title")["title"] == book["title"], (
            "Your `Location` leads to another book. Each is found again only by its own address; never "
            "use an id twice"
        )


@check(task="shelve-books", objectives=["rest-apis.json"])
def test_a_book_reads_back_as_it_was_written(service, random):
    """Money, absence, ids and moments survive JSON"""
    without = {name: value for name, value in make_up(random).items() if name != "isbn"}

    longest = make_up(random, title="t" * 200, author="ü" * 200, year=2100, price="999999.99")
    shortest = make_up(random, title="t", author="A", year=1450, isbn=None, price="0.10")
    for book in (make_up(random), without, longest, shortest):
        added, _ = add(service, book)
        answer = service.get(address(added))
        require_status(answer, 200, "The book was just added, so it is there")
        shown = read_object(answer, *FIELDS, "id", "added_at")
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
        require_moment(shown["added_at"])


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


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_every_wrong_field_is_named(service, random):
    """Every field that is wrong is named, all at once"""
    good = make_up(random)
    wrong = [
        ({"year": str(good["year"])}, {"year"}),
        ({"year": random.choice([1449, 2101]), "title": "  "}, {"year", "title"}),
        ({"price": 12.9, "isbn": "123456789012"}, {"price", "isbn"}),
        ({"title": "t" * 201, "price": "1000000.00", "isbn": 1234567890123}, {"title", "price", "isbn"}),
        ({"author": "x" * 201, "price": "12,90", "colour": "red"}, {"author", "price", "colour"}),
    ]
    cases = [(good | change, named) for change, named in wrong]
    cases.append(({"isbn": None}, {"title", "author", "year", "price"}))

    add(service, good)
    for body, named in cases:
        document = require_problem(
            service.post("/books", json=body), 422, "It was read and some of its fields are not allowed"
        )
        errors = document.get("errors")
        assert isinstance(errors, list), (
            "`errors` is missing from your problem document, or is no list. A client puts each message "
            "beside its field; list one object with `field` and `message` for every wrong field"
        )
        assert all(isinstance(error, dict) and isinstance(error.get("message"), str) for error in errors), (
            "Your `errors` holds something without a `message`, or with one that is no text. A client shows it "
            "beside the field; say there what would be right"
        )
        fields = [str(error.get("field")) for error in errors]
        assert sorted(set(fields)) == sorted(named), (
            "Your `errors` names other fields than those that are wrong. A person who mends a form wants "
            "to send it once more, not four times; name every wrong field, and no other"
        )
    assert len(read_page(service, "/books")[0]) == 1, (
        "Your shelf does not hold just the one good book. What was refused must not be kept; look at all "
        "fields before you store anything"
    )


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
    require_status(answer, 204, "It is done and there is nothing to say, which 204 says")
    assert answer.content == b"", (
        "Your 204 has a body. It promises that there is none, and clients don't read it; send nothing"
    )
    again = service.delete(address(gone))
    require_status(again, 404, "Removing twice leaves the same shelf, but the second finds nothing")
    require_status(service.get(address(gone)), 404, "What was removed is unknown from then on")
    require_status(service.get(address(kept)), 200, "Only the other book was removed")


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_put_replaces_the_whole_book(service, random):
    """PUT replaces the whole book"""
    added, etag = add(service, make_up(random))
    new = {name: value for name, value in make_up(random).items() if name != "isbn"}

    answer = service.put(address(added), json=new, headers={"if-match": etag})
    require_status(answer, 200, "The book was replaced; the answer is the book as it is now")
    shown = read_object(service.get(address(added)), "title", "isbn", "id", "added_at")
    assert shown["title"] == new["title"], (
        "Your book still has another title than was sent. PUT puts what was sent in the place of what "
        "was there; store all five fields"
    )
    assert shown["isbn"] is None, (
        "Your book kept its `isbn`, though none was sent. PUT puts what was sent in the place of what "
        "was there: what is left out is null, not kept"
    )
    assert shown["id"] == added["id"], (
        "Your book has another `id` after PUT. It is the same book at the same address; keep it"
    )
    assert shown["added_at"] == added.get("added_at"), (
        "Your book has another `added_at` after PUT. It was added when it was added; keep it"
    )


@check(task="change-books", objectives=["rest-apis.headers"])
def test_nobody_overwrites_what_they_have_not_seen(service, random):
    """A change that is based on an old version is refused"""
    added, etag = add(service, make_up(random))
    first, second = make_up(random, title="First"), make_up(random, title="Second")

    answer = service.put(address(added), json=first, headers={"if-match": etag})
    require_status(answer, 200, "The change is based on the current version, so it is accepted")
    require_problem(
        service.put(address(added), json=second, headers={"if-match": etag}),
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
    current = {"if-match": shown.headers.get("etag", "")}
    answer = service.put(address(added), json=second, headers=current)
    require_status(answer, 200, "Who has read the current version may change it")


@check(task="shelve-books", objectives=["rest-apis.headers"])
def test_an_unchanged_book_is_not_sent_again(service, random):
    """A client that has the current version is answered 304"""
    added, etag = add(service, make_up(random))

    assert len(etag) > 2, (
        "Your answer to an added book has no `ETag`. A client that wants to change the book must name its "
        "version, and would have to ask again"
    )
    assert service.get(address(added)).headers.get("etag") == etag, (
        "Your `ETag` is missing or another one, though the book did not change. A version's name stays "
        "the same as long as the version does"
    )
    answer = service.get(address(added), headers={"if-none-match": etag})
    require_status(answer, 304, "The client has this version already, and 304 saves sending it")
    assert answer.content == b"", "Your 304 has a body. It is there to save sending one; send nothing"
    answer = service.get(address(added), headers={"if-none-match": '"of-another-time"'})
    require_status(answer, 200, "The client has another version, so it is sent the current one")


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
        require_status(answer, 200, "A filter that nothing fits gives an empty page, no refusal")
        assert read_ids(read_object(answer, "items")["items"]) == ids, (
            "Your page holds other books than those that fit every filter, or in another order. Compare the "
            "whole author and the year as a number; both together means both, in the order of adding"
        )
    for query in ("auther=Jane", "year=recent"):
        require_problem(
            service.get(f"/books?{query}"),
            400,
            "A parameter that is misspelt, or makes no sense, is refused: ignored, it would answer "
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
        "Your pages don't join into the six books of that author, three and three. Every page but the last is "
        "full; put the filter into `next`, and count only what it lets through"
    )
    assert read_all(service, "/books?limit=8", 2)[0][:6] == ids, (
        "Your page of 8 does not begin with the six books that were added first. The order is that of "
        "adding, and `limit` says how many fit"
    )
    for limit in ("1", "100"):
        answer = service.get(f"/books?limit={limit}")
        require_status(answer, 200, "A page has 1 to 100 books, both included")
    for limit in ("0", "101", "ten"):
        require_problem(
            service.get(f"/books?limit={limit}"), 400, "A page has 1 to 100 books; guessing hides a mistake"
        )


@check(task="find-books", objectives=["rest-apis.pagination"], hidden=True)
def test_pages_hold_while_the_shelf_changes(service, random):
    """Nobody is skipped or repeated while books come and go"""
    ids = [add(service, make_up(random))[0]["id"] for _ in range(8)]
    page, following = read_page(service, "/books?limit=3")
    assert page == ids[:3], (
        "Your first page of three does not hold the three books that were added first. The order is that "
        "of adding"
    )

    for removed in (ids[0], ids[2]):
        answer = service.delete(f"/books/{removed}")
        assert answer.status_code in (200, 204), (
            f"Your service answered `{answer.title}` with {answer.status_code}. A book that is there can be "
            "removed"
        )
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

"""Checks of replacing and removing books, and of their versions. Every book is made up from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import (
    describe_fields,
    explain_status,
    read_error_fields,
    read_object,
    require_problem,
    require_status,
    require_type,
)
from milepost.engine.checks.cases import cases

from checks.support import (
    FIELDS,
    JSON,
    TEXT,
    add,
    address,
    change,
    explain_version,
    look,
    make_up,
    name_version,
    read_book,
    read_etag,
    remove,
)


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_a_removed_book_is_gone(service, random):
    """DELETE answers 204 without a body, and the book is gone"""
    gone, kept = (add(service, make_up(random)) for _ in range(2))

    answer = service.delete(address(gone))
    require_status(answer, 204, "It is done and there is nothing to say, which 204 says")
    assert answer.content == b"", (
        "Your 204 has a body. It promises that there is none, and clients don't read it; send nothing"
    )
    again = service.delete(address(gone))
    require_problem(again, 404, "Removing twice leaves the same shelf, but the second finds nothing")
    require_status(service.get(address(gone)), 404, "What was removed is unknown from then on")
    require_status(service.get(address(kept)), 200, "Only the other book was removed")


@check(task="change-books", objectives=["rest-apis.endpoints"])
def test_an_id_is_never_given_again(service, random):
    """The id of a removed book is never given to another"""
    books = [add(service, make_up(random)) for _ in range(3)]

    given = [book["id"] for book in books]
    for gone in (books[2], books[0]):
        remove(service, gone)
        added = add(service, make_up(random))
        assert added["id"] not in given, (
            "Your service gave an id to a second book. A client that kept the old address finds a book there that "
            "it never meant, and may change or remove it; count on, whatever was removed"
        )
        given.append(added["id"])


@check(task="change-books", objectives=["rest-apis.http-methods"])
def test_put_replaces_the_whole_book(service, random):
    """PUT replaces the whole book"""
    added = add(service, make_up(random))
    new = {name: value for name, value in make_up(random).items() if name != "isbn"}
    before = read_object(look(service, added), "added_at")

    change(service, added, new)
    shown = read_book(look(service, added))
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
    added = add(service, make_up(random))
    before = look(service, added)
    etag, current = read_etag(before), name_version(before)

    for _ in range(2):
        new = make_up(random)
        answer = service.put(address(added), json=new, headers=current)
        require_status(answer, 200, "The client named the version that you told it last, so it may change the book")
        require_type(answer)
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
        now = look(service, added)
        assert (shown, fresh) == (read_book(now), read_etag(now)), (
            "Your answer to a PUT is another book, or another `ETag`, than a GET gives right after it. Clients "
            "keep what they are answered and ask no more; answer both from what is stored"
        )
        etag, current = fresh, name_version(answer)


@check(task="change-books", objectives=["rest-apis.headers"])
def test_nobody_overwrites_what_they_have_not_seen(service, random):
    """A change that is based on an old version is refused"""
    added = add(service, make_up(random))
    before = look(service, added)
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
    shown = look(service, added)
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


@check(task="change-books", objectives=["rest-apis.headers"])
def test_an_unchanged_book_is_not_sent_again(service, random):
    """A client that has the current version is answered 304"""
    answer = service.post("/books", json=make_up(random))
    added, etag = read_object(answer, "id"), read_etag(answer)
    seen = name_version(answer, "if-none-match")

    assert read_etag(look(service, added)) == etag, (
        "Your `ETag` is another one than in the answer to `POST`, though the book did not change. A version's name stays "
        "the same as long as the version does"
    )
    answer = service.get(address(added), headers=seen)
    require_status(answer, 304, "The client has this version already, and 304 saves sending it")
    assert answer.content == b"", "Your 304 has a body. It is there to save sending one; send nothing"
    answer = service.get(address(added), headers={"if-none-match": '"of-another-time"'})
    require_status(answer, 200, "The client has another version, so it is sent the current one")


@check(task="change-books", objectives=["rest-apis.headers"])
def test_a_version_is_that_of_one_book(service, random):
    """A book keeps its version while others come, change and go"""
    added, other, third = (add(service, make_up(random)) for _ in range(3))
    etag = read_etag(look(service, added))

    change(service, other, make_up(random))
    remove(service, third)
    add(service, make_up(random))
    assert read_etag(look(service, added)) == etag, (
        "Your book has another `ETag`, though only others were added, changed and removed. Every client would "
        "fetch it again, and see its changes refused with 412; give each book a version of its own"
    )


@check(task="change-books", objectives=["rest-apis.status-codes"])
def test_a_put_makes_no_book(service, random):
    """A PUT makes no book where there is none"""
    added = add(service, make_up(random))
    unknown = f"/books/{added['id']}{random.randint(10, 99)}x"
    change(service, added, make_up(random))

    answer = service.put(unknown, json=make_up(random), headers={"if-match": '"1"'})
    why = "Ids are the service's to give, and a misspelt address must not become a second book; refuse with 404"
    assert answer.status_code in (404, 412), (
        f"Your service answered `{answer.title}` with {answer.status_code}, though there is no such book. "
        f"{explain_status(answer, 404, why)}"
    )


@check(task="change-books", objectives=["rest-apis.status-codes"])
def test_a_change_is_looked_at_like_a_new_book(service, random):
    """A PUT is refused for the same reasons as a POST, and then changes nothing"""
    added = add(service, make_up(random))
    before = look(service, added)
    current = name_version(before)
    new = make_up(random)
    incomplete = {name: value for name, value in new.items() if name != "author"}

    for field, body in cases({
        "author": incomplete,
        "year": new | {"year": str(new["year"])},
        "colour": new | {"colour": "red"},
    }):
        answer = service.put(address(added), json=body, headers=current)
        wrong = describe_fields(body, [field])
        why = explain_version(before, f"{wrong}, and a change is read by the same rules as a new book")
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
        service.put(address(added), content="year=1", headers=current | TEXT),
        415,
        "A body of a type that is not spoken here is 415, for a change as for a new book",
    )
    after = look(service, added)
    shown = (read_book(after), after.headers.get("etag"))
    assert shown == (read_book(before), before.headers.get("etag")), (
        "Your book, or its `ETag`, changed by requests that you refused. What is refused leaves all as it was; "
        "look at the whole body before you store anything"
    )

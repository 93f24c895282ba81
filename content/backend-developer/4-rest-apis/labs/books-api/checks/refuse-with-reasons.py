"""Checks of what is refused, and with which reasons. Every book is made up from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_named, require_problem
from milepost.engine.checks.cases import cases

from checks.support import JSON, TEXT, THINGS, add, look, make_up


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_an_unknown_book_is_404(service, random):
    """An unknown book answers 404 with a problem document"""
    added = add(service, make_up(random))
    unknown = f"/books/{added['id']}{random.randint(10, 99)}x"

    look(service, added)
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
    far = random.choice([1449, 2101])

    add(service, good)
    for _, (body, wrong) in cases({
        "a year that is a text": (good | {"year": str(good["year"])}, ["year"]),
        "a year out of range, and a title of spaces": (good | {"year": far, "title": "  "}, ["year", "title"]),
        "a price that is a number, and a short isbn": (good | {"price": 12.9, "isbn": "123456789012"}, ["price", "isbn"]),
        "three fields that are too long, too much, and no text": (
            good | {"title": "t" * 201, "price": "1000000.00", "isbn": 1234567890123},
            ["title", "price", "isbn"],
        ),
        "three fields, of which one is unknown": (
            good | {"author": "x" * 201, "price": "12,90", "colour": "red"},
            ["author", "price", "colour"],
        ),
        "four fields that are missing": ({"isbn": None}, ["title", "author", "year", "price"]),
    }):
        require_named(service.post("/books", json=body), body, wrong)


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
    for field, values in cases(nearly):
        for value in values:
            body = good | {field: value}
            require_named(service.post("/books", json=body), body, [field])


@check(task="refuse-with-reasons", objectives=["rest-apis.status-codes"])
def test_what_is_no_json_is_refused_for_what_it_is(service, random):
    """A body that is not JSON answers 400, one of another type 415"""
    add(service, make_up(random))
    broken = '{"title": "' + random.choice(THINGS)

    require_problem(
        service.post("/books", content=broken, headers=JSON),
        400,
        "A body that can't be read as JSON is 400; 422 is for what was read and understood",
    )
    require_problem(
        service.post("/books", content="title=Emma", headers=TEXT),
        415,
        "A body of a type that is not spoken here is 415, so that a client knows to change the type",
    )

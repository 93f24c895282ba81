"""What checks ask of HTTP answers: right ones pass, wrong ones fail in words, none breaks one."""

import json
from datetime import timedelta

import pytest

from milepost.engine.checks.answers import (
    PROBLEM,
    describe_fields,
    explain_status,
    is_success,
    list_keys,
    read_error_fields,
    read_object,
    read_page,
    read_pages,
    require_address,
    require_json_type,
    require_named,
    require_problem,
    require_status,
    require_success,
    require_type,
)
from milepost.engine.checks.comparing import Mismatch
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.http.exchange import Answer, SentHeaders, StatusCode

ODD_JSON = ["null", "[]", "7", '"text"', "true", "NaN", "{", "", '{"title": null}', "1e999"]
ODD_JSON += [
    "9" * 9000,  # Python writes no number of so many digits
    "[" * 90 + "]" * 90,
    '{"status": true, "title": []}',
    '"\\ud800"',
    "[null]",
]
ODD_JSON += [
    '{"errors": [{"field": ' + "9" * 9000 + ', "message": "no"}]}',
    '{"items": 1, "next": 2}',
]


def answer(status=200, body="{}", kind="application/json", title="GET /books/1"):
    """Make an answer as a service might have given it."""
    text = body if isinstance(body, str) else json.dumps(body)
    headers = SentHeaders([(b"content-type", kind.encode())], "Your answer")
    code = StatusCode.of(status, headers)
    return Answer(title, code, "", headers, text.encode("utf-8", "surrogatepass"), timedelta(0))


def problem(status=422, **more):
    return answer(status, {"title": "No", "status": status, **more}, PROBLEM)


def message_of(act):
    """Return the sentence with which a helper fails the check."""
    with pytest.raises((AssertionError, GuestFault)) as caught:
        act()
    return str(caught.value)


# Answers over HTTP


def test_a_right_status_passes_and_a_wrong_one_is_told_with_both_sides():
    require_status(answer(201), 201, "Something new was made")

    with pytest.raises(Mismatch) as caught:
        require_status(answer(409), 201, "Something new was made")

    assert str(caught.value) == (
        "Your service answered `GET /books/1` with 409 instead of 201. Something new was made"
    )
    assert (caught.value.got, caught.value.expected) == (409, 201)


@pytest.mark.parametrize(
    ("got", "asked", "told"),
    [
        (405, 200, "no route for GET there"),
        (404, 200, "no route is answered with 404 too"),
        (404, 410, "why"),
        (308, 200, "without a slash at its end"),
        (304, 200, "why"),
        (422, 201, "refused it with: {}"),
        (400, 201, "refused it with: {}"),
        (422, 400, "why"),
        (500, 404, "An error ended your code"),
        (502, 404, "why"),
        (204, 200, "there is no body"),
        (201, 200, "it was there already"),
    ],
)
def test_a_status_that_tells_something_is_explained(got, asked, told):
    assert told in explain_status(answer(got), asked, "why")


def test_success_is_any_status_of_it():
    require_success(answer(202), 201, "why")

    assert [is_success(answer(status)) for status in (199, 200, 299, 300)] == [
        False,
        True,
        True,
        False,
    ]
    assert message_of(lambda: require_success(answer(409), 201, "It is free")).endswith(
        "`GET /books/1` with 409. It is free"
    )


def test_a_media_type_counts_without_its_parameters_and_its_case():
    require_type(answer(kind="Application/JSON; charset=utf-8"))

    assert "not sent as `application/json`" in message_of(lambda: require_type(answer(kind="")))
    assert "Your refusal of" in message_of(lambda: require_type(answer(), PROBLEM))


def test_an_object_has_the_fields_that_are_asked_for_and_their_types():
    given = {"id": "b1", "year": 1815, "isbn": None, "more": 1}
    types = {"id": "a text", "year": "a whole number", "isbn": "a text or null"}

    assert read_object(answer(body=given), "more", **types) == given
    assert "`price` is missing" in message_of(lambda: read_object(answer(body=given), "price"))
    assert message_of(lambda: read_object(answer(body=given | {"id": 7}), **types)).startswith(
        "Your `id` is a number and not a text. "
    )


@pytest.mark.parametrize(
    ("value", "kind", "named"),
    [
        (True, "a number", "true or false"),
        (1.0, "a whole number", "a number with a fraction"),
        ("1", "a number or null", "a text"),
        (0, "true or false", "a number"),
        (None, "a list", "null"),
        ({}, "a list", "an object"),
        ([], "an object", "a list"),
    ],
)
def test_a_type_that_only_looks_right_is_named(value, kind, named):
    assert f"Your `x` is {named} and not {kind}." in message_of(
        lambda: require_json_type(value, "x", kind)
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "true or false"),
        (1.5, "a number"),
        (None, "an object or null"),
        (False, "true or false or null"),
        (None, "true or false or null"),
    ],
)
def test_a_type_that_is_right_passes(value, kind):
    require_json_type(value, "x", kind)


def test_a_type_that_json_lacks_is_the_authors_mistake():
    with pytest.raises(ValueError, match="'a date' is no JSON type"):
        require_json_type("2026", "x", "a date")


def test_a_problem_document_says_what_the_answer_says():
    assert require_problem(problem(404), 404, "why")["title"] == "No"

    wrong = answer(404, {"title": "No", "status": 400}, PROBLEM)
    assert "another `status`" in message_of(lambda: require_problem(wrong, 404, "why"))
    plain = answer(404, {"title": "No", "status": 404})
    assert "application/problem+json" in message_of(lambda: require_problem(plain, 404, "why"))
    nameless = answer(404, {"title": None, "status": 404}, PROBLEM)
    assert "Your `title` is null" in message_of(lambda: require_problem(nameless, 404, "why"))


def test_a_refusal_names_each_wrong_field_and_no_other():
    body = {"year": "1815", "price": 12.9, "title": "Emma"}
    said = [{"field": name, "message": "No"} for name in ("year", "price", "year")]

    require_named(problem(errors=said), body, {"price", "year"})

    short = problem(errors=said[:1])
    with pytest.raises(Mismatch, match=r'`price` was 12\.9, `year` was "1815"') as caught:
        require_named(short, body, {"price", "year"})
    assert (caught.value.got, caught.value.expected) == (["year"], ["price", "year"])
    assert "`errors` is missing" in message_of(lambda: read_error_fields(problem(), "why"))
    mute = problem(errors=[{"field": "year"}])
    assert "without a `message`" in message_of(lambda: read_error_fields(mute, "why"))


def test_a_field_is_described_by_what_was_sent():
    said = describe_fields({"title": "x" * 99, "isbn": None}, ["title", "isbn", "year"])

    assert said == f'`isbn` was null, `title` was "{"x" * 35}…, `year` was missing'


@pytest.mark.parametrize("text", [None, 7, "x" * 1001, "a\nb", "\ud800", "\x7f"])
def test_what_can_stand_in_no_address_is_told(text):
    require_address("/books/ü", "next")

    assert "can't stand in an address" in message_of(lambda: require_address(text, "next"))


class Shelf:
    """A service that answers each address with what it is given for it."""

    def __init__(self, pages):
        self._pages = pages

    def get(self, where):
        return self._pages[where]


def page(ids, following):
    return answer(body={"items": [{"id": each} for each in ids], "next": following})


def test_pages_are_followed_to_their_end():
    shelf = Shelf(
        {"/books": page(["a", "b"], "/books?after=b"), "/books?after=b": page(["c"], None)}
    )

    assert read_pages(shelf, "/books", "/books?", 2) == [["a", "b"], ["c"]]
    assert "more pages than there are" in message_of(
        lambda: read_pages(shelf, "/books", "/books?", 1)
    )


@pytest.mark.parametrize("following", ["7", '"/cars?x"', '""', "[]", "{}", "9" * 9000])
def test_a_next_that_leads_nowhere_is_told(following):
    shelf = Shelf({"/books": answer(body=f'{{"items": [], "next": {following}}}')})

    assert message_of(lambda: read_page(shelf, "/books", "/books?")) != ""


def test_items_have_the_key_that_names_them():
    assert list_keys([{"sku": "A"}], "sku") == ["A"]
    assert "is no list" in message_of(lambda: list_keys({"id": 1}))
    assert "has no `id`" in message_of(lambda: list_keys([{"id": 1}, {"sku": 1}]))


@pytest.mark.parametrize("body", ODD_JSON)
@pytest.mark.parametrize("status", [200, 404, 422])
def test_no_answer_breaks_a_check(body, status):
    given = answer(status, body, PROBLEM)
    for look in (
        lambda: require_status(given, 201, "why"),
        lambda: require_problem(given, status, "why"),
        lambda: read_error_fields(given, "why"),
        lambda: require_named(given, {"year": 1}, ["year"]),
        lambda: read_object(given, "items", title="a text"),
        lambda: read_page(Shelf({"/": given}), "/", "/?"),
        lambda: read_pages(Shelf({"/": given}), "/", "/?", 3),
    ):
        assert message_of(look) != ""

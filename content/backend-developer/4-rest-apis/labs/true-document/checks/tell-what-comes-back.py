"""Checks of what the document says of answers. Every tool and loan is made up from the seed of the run."""

from milepost.engine.checks import check

from checks.support import add, make_up, open_document, tour_good_answers, tour_refusals
from checks.support import ask, make_up_loan


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"])
def test_good_answers_are_told(service, random):
    """Every good answer is told: status, media type, fields, types"""
    document = open_document(service)

    for answer in tour_good_answers(service, random):
        document.require_told(answer)


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"])
def test_refusals_are_told(service, random):
    """Every refusal is told: status, media type, fields, types"""
    document = open_document(service)

    for answer in tour_refusals(service, random):
        document.require_told(answer)


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"])
def test_the_place_of_a_new_tool_is_told(service, random):
    """The Location of a new tool is told"""
    document = open_document(service)
    _, answer = add(service, make_up(random))

    document.require_headers(answer, "Location")


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"])
def test_no_answer_is_made_up(service, random):
    """No status is told that never comes"""
    document = open_document(service)

    document.require_statuses([*tour_good_answers(service, random), *tour_refusals(service, random)])


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"])
def test_answers_are_told_narrowly(service, random):
    """What is told of answers says enough: another type, or a field that is missing, would not fit"""
    document = open_document(service)

    document.require_narrow([*tour_good_answers(service, random), *tour_refusals(service, random)])


@check(task="tell-what-comes-back", objectives=["rest-apis.openapi-documentation"], hidden=True)
def test_other_answers_are_told(service, random):
    """Answers to other questions are told as well"""
    document = open_document(service)
    places = [add(service, make_up(random, kind=kind))[0] for kind in ("hand", "power", "garden", "power")]
    lent = ask(service, 201, "POST", f"{places[1]}/loan", json=make_up_loan(random, days=28))
    document.require_told(lent)
    for query in ({"kind": "power"}, {"kind": "hand", "limit": 1}, {"limit": 50}):
        document.require_told(ask(service, 200, "GET", "/tools", params=query))
    document.require_told(ask(service, 422, "GET", "/tools", params={"limit": 51}))
    document.require_told(ask(service, 422, "POST", f"{places[0]}/loan", json={}))

"""Checks of what goes out. Arrivals are drawn from the seed of the run; each check meets a service that was just started."""

import re

from milepost.engine.checks import check

NAMES = ["Cy", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
ADA = {"number": 1, "name": "Ada", "room": 7}
BO = {"number": 2, "name": "Bo", "room": 12}
HERE = r"(http://(127\.0\.0\.1|localhost):8000)?/guests/3"  # an address may be whole, or begin with the path


def draw_arrival(random):
    """Draw who checks in."""
    return {
        "name": f"{random.choice(NAMES)} {random.randint(1, 999)}",
        "room": random.randint(20, 99),
        "passport": f"C{random.randint(10000, 99999)}",
    }


def show_third(arrival):
    """Write what may go out of the guest who came third."""
    return {"number": 3, "name": arrival["name"], "room": arrival["room"]}


def require_status(answer, status, why):
    """See that an answer has this status."""
    assert answer.status_code == status, (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}. {why}"
    )


@check(task="what-goes-out", objectives=["framework.response-handling"])
def test_a_guest_goes_out_without_a_passport(service, random):
    """A guest goes out with number, name and room, and nothing else"""
    arrival = draw_arrival(random)
    posted = service.post("/guests", json=arrival)
    assert posted.json() == show_third(arrival), (
        "This is what the guest who has just checked in got back. Each answer with a guest in it shows number, name and room; write down what may go out, and let nothing else pass"
    )
    for number, shown in [(1, ADA), (2, BO), (3, show_third(arrival))]:
        answer = service.get(f"/guests/{number}")
        require_status(answer, 200, "This guest is in the house")
        assert answer.json() == shown, (
            "The breakfast room may see number, name and room. Write down what may go out, and let nothing else pass: what is added to the record tomorrow then stays inside too"
        )


@check(task="what-goes-out", objectives=["framework.response-handling"])
def test_the_list_shows_no_more_of_them(service, random):
    """The list shows no more of each guest"""
    arrival = draw_arrival(random)
    service.post("/guests", json=arrival)
    answer = service.get("/guests")
    require_status(answer, 200, "The list is always there")
    assert answer.json() == {"guests": [ADA, BO, show_third(arrival)]}, (
        "A guest in the list is shown like a guest alone: number, name and room. Let one function, or one model, decide it for both"
    )


@check(task="what-goes-out", objectives=["framework.response-handling"])
def test_who_checks_in_gets_an_address(service, random):
    """Checking in answers 201, with the guest's address"""
    answer = service.post("/guests", json=draw_arrival(random))
    require_status(answer, 201, "Something new was made, and 201 says so; 200 only says that all went well")
    assert re.fullmatch(HERE, answer.headers.get("location", "")), (
        f"`Location` was {answer.headers.get('location')!r}. The client comes back to the new guest by it, so it holds that guest's address: `/guests/3`"
    )


@check(task="what-goes-out", objectives=["framework.response-handling"])
def test_who_is_not_there_is_not_found(service, random):
    """A guest who isn't there is 404"""
    require_status(service.get("/guests/1"), 200, "This guest is in the house")
    number = random.randint(3, 999)
    why = "Nobody has this number, and the client should hear it by the status: neither an error of yours nor an empty success says that"
    require_status(service.get(f"/guests/{number}"), 404, why)
    require_status(service.delete(f"/guests/{number}"), 404, why)


@check(task="what-goes-out", objectives=["framework.response-handling"])
def test_who_checks_out_is_gone(service, random):
    """Checking out answers 204, and the guest is gone"""
    number = random.choice([1, 2])
    answer = service.delete(f"/guests/{number}")
    require_status(answer, 204, "It is done, and there is nothing to read: that is 204")
    require_status(service.get(f"/guests/{number}"), 404, "The guest has checked out before")
    require_status(service.get(f"/guests/{3 - number}"), 200, "The other guest is still in the house")

"""Stage 1: rooms at addresses of their own, filters, and the old signs."""

import re

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status, require_type
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import BEDS, FOUND_NOWHERE, HERE, REFUSED, list_rooms, require_one_of, show_room


def get_list(service, query):
    """Get a list of rooms, and see that it is one."""
    answer = service.get("/rooms", params=query)
    require_status(answer, 200, "`floor` and `beds` narrow the list, and a list of no rooms is an answer as well")
    require_type(answer)
    return answer.json()


@check(task="rooms", objectives=["framework.routing"])
def test_a_room_has_an_address(service, random):
    """Every room is found under its number"""
    for number in random.sample(list(BEDS), 4):
        answer = service.get(f"/rooms/{number}")
        require_status(answer, 200, "The hotel has this room, and this is its address")
        require_type(answer)
        require_equal(
            answer.json(),
            show_room(number),
            f"Your answer is not room {number} as the brief shows a room. One route serves all rooms: take the number from the path, "
            "and answer with the four fields of the room that has it",
        )


@check(task="rooms", objectives=["framework.response-handling"])
def test_a_room_that_is_not_there_is_404(service, random):
    """A room that the hotel does not have is not found"""
    here = random.choice(list(BEDS))
    require_status(service.get(f"/rooms/{here}"), 200, "The hotel has this room")

    for number in (here // 100 * 100 + random.randint(7, 99), random.randint(4, 9) * 100 + 1, random.randint(1, 9)):
        require_status(
            service.get(f"/rooms/{number}"),
            404,
            "The hotel has no such room. A screen that is answered 200 shows a room that nobody can find",
        )
    require_one_of(service.get("/rooms/attic"), FOUND_NOWHERE, "What is no number is no room either, so the request is refused")


@check(task="rooms", objectives=["framework.request-handling"])
def test_the_list_is_narrowed(service, random):
    """The list holds all rooms, or those of a floor, or those with so many beds"""
    floor, beds = random.randint(1, 3), random.randint(1, 3)
    table = {
        "no filter": {},
        "one floor": {"floor": floor},
        "a number of beds": {"beds": beds},
        "both": {"floor": floor, "beds": beds},
        "a floor that the hotel does not have": {"floor": random.randint(4, 9)},
    }
    for name, query in cases(table):
        require_equal(
            get_list(service, query),
            {"rooms": list_rooms(**query)},
            f"Your list holds other rooms than those that fit ({name}), or shows them otherwise than the brief. What stands in a query is text "
            "until somebody makes a number of it; compare numbers with numbers, and let a filter that is left out leave nothing out",
        )


@check(task="rooms", objectives=["framework.request-handling"])
def test_a_filter_that_is_no_number_is_refused(service, random):
    """A filter that is no number is refused"""
    floor = random.randint(1, 3)
    assert isinstance(get_list(service, {"floor": floor}), dict), (
        "Your list of rooms is no object. Send one with the field `rooms`"
    )

    table = {"a word": "floor=two", "a number and more": f"floor={floor}x", "beds in words": "beds=many", "half a bed": "beds=1.5"}
    for name, query in cases(table):
        require_one_of(
            service.get(f"/rooms?{query}"),
            REFUSED,
            f"This filter is no whole number ({name}). If it is guessed or ignored, the screen shows other rooms than were asked for, and nobody notices; "
            "refuse it",
        )


@check(task="rooms", objectives=["framework.routing"])
def test_free_is_no_number(service, random):
    """`/rooms/free` is an address of its own"""
    beds = random.choice([2, 3, 4])
    answer = service.get("/rooms/free")
    require_one_of(
        answer,
        (200,),
        "`/rooms/free` has a route of its own. Most routers take the first route that fits, and for `/rooms/{number}` any text may "
        "fit: see which of your two routes stands first",
    )
    require_equal(answer.json(), show_room(101), "Your answer is not the free room with the lowest number, and all rooms are free")
    answer = service.get(f"/rooms/free?beds={beds}")
    require_status(answer, 200, "There are free rooms with so many beds")
    require_equal(answer.json(), list_rooms(beds=beds)[0], f"Your answer is not the first free room with exactly {beds} beds")
    require_status(service.get(f"/rooms/free?beds={random.randint(5, 9)}"), 404, "No room has so many beds, so none is found")


@check(task="rooms", objectives=["framework.response-handling"])
def test_old_signs_lead_to_the_room(service, random):
    """Old signs lead to the room for good"""
    for number in random.sample(list(BEDS), 2):
        answer = service.get(f"/r/{number}")
        require_one_of(
            answer,
            (301, 308),
            "The room has moved from the address on the sign for good. Only a permanent redirect says so: browsers and search engines then remember "
            "the new address; say it where you redirect, since most frameworks send a temporary one by themselves",
        )
        require_equal(
            re.sub(HERE, "", answer.headers.get("location", "")),
            f"/rooms/{number}",
            f"Your `Location` does not lead to room {number}. The phone that scanned the sign goes exactly where this header says",
        )


@check(task="rooms", objectives=["framework.routing"])
def test_a_method_that_no_route_has_is_refused(service, random):
    """A method that a path does not have is refused"""
    number = random.choice(list(BEDS))
    require_status(service.get(f"/rooms/{number}"), 200, "This path has GET")

    for method, where in (("DELETE", f"/rooms/{number}"), ("PUT", "/rooms"), ("POST", "/rooms/free"), ("PATCH", f"/rooms/{number}")):
        require_one_of(
            service.request(method, where),
            (405, 404),
            f"This path has no {method}. A client that is answered as if all had gone well believes that something was changed; declare for each "
            "route the method that it is for",
        )


@check(task="rooms", objectives=["framework.routing"], hidden=True)
def test_nothing_lies_around_a_room(service, random):
    """Only the addresses of the brief are known"""
    number = random.choice(list(BEDS))
    require_status(service.get(f"/rooms/{number}"), 200, "This is the address of a room")

    for where in (f"/rooms/{number}/minibar", f"/annex/rooms/{number}", f"/room/{number}", f"/r/{number}/minibar"):
        require_status(
            service.get(where),
            404,
            "There is nothing at this address. A route fits a whole path, not its beginning or its end; see how far yours looks",
        )

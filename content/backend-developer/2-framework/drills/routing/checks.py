"""Checks of the rooms' routes. Numbers of rooms and keys are drawn from the seed of the run."""

from milepost.engine.checks import check

WORDS = ["seven", "twelve", "attic", "sauna", "bar", "lobby", "best"]


def explain(answer):
    """Say what a status tells that should have been another one."""
    if answer.status_code == 404:
        return "404: no route fits this path and method, or the one that fits handed it on"
    if answer.status_code == 405:
        return "405: the path has a route, but none for this method"
    if answer.status_code == 422:
        return "422: a route was chosen, and then its parameter was of the wrong type. It should not have been chosen"
    if 300 <= answer.status_code < 400:
        return "It sends the client to another address. The addresses of the brief have no slash at their end"
    if answer.status_code >= 500:
        return "An error ended your code; what your service printed tells which, and where"
    return "See which of your routes has answered"


def require_status(answer, status):
    """See that an answer has this status."""
    assert answer.status_code == status, (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}. {explain(answer)}"
    )


@check(task="the-room-called-free", objectives=["framework.routing"])
def test_a_room_is_found_by_its_number(service, random):
    """A room is found by its number"""
    for number in random.sample(range(1, 900), 3):
        answer = service.get(f"/rooms/{number}")
        require_status(answer, 200)
        assert answer.json() == {"room": number}, (
            f"Your service answered `{answer.title}` with something else. What stands in a path is text; clients are promised a number, so make one of it"
        )


@check(task="the-room-called-free", objectives=["framework.routing"])
def test_the_free_rooms_are_not_shadowed(service):
    """The list of free rooms is reached"""
    answer = service.get("/rooms/free")
    require_status(answer, 200)
    assert answer.json() == {"free": [7, 12]}, (
        "Another route answered for `/rooms/free`. The framework takes the first route that fits, and yours for one room fits any word: let it fit numbers only, or put the fixed "
        "path first"
    )


@check(task="the-room-called-free", objectives=["framework.routing"])
def test_what_is_no_number_is_no_room(service, random):
    """A path that ends in no number is not there"""
    number = random.randint(1, 900)
    require_status(service.get(f"/rooms/{number}"), 200)
    for word in [random.choice(WORDS), f"{number}b", f"b{number}"]:
        require_status(service.get(f"/rooms/{word}"), 404)


@check(task="the-room-called-free", objectives=["framework.routing"])
def test_a_key_is_found_in_its_room(service, random):
    """A key is found below its room"""
    number, key = random.sample(range(1, 900), 2)
    answer = service.get(f"/rooms/{number}/keys/{key}")
    require_status(answer, 200)
    assert answer.json() == {"room": number, "key": key}, (
        f"Your service answered `{answer.title}` with something else. The path has two parameters; which route has answered, and does each of them come out under its own name?"
    )


@check(task="the-room-called-free", objectives=["framework.routing"])
def test_the_method_decides_too(service, random):
    """The same path answers DELETE in another way than GET"""
    number, key = random.sample(range(1, 900), 2)
    answer = service.delete(f"/rooms/{number}/keys/{key}")
    require_status(answer, 204)

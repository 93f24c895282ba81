"""Checks of the lockers' statuses. Lockers, names and weights are drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases

NAMES = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana"]
LOCKERS = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
JSON = {"content-type": "application/json"}


def draw_parcel(random):
    """Draw a parcel."""
    return {"name": random.choice(NAMES), "kilos": random.randint(1, 20)}


def store(service, number, parcel):
    """Store a parcel in an empty locker."""
    answer = service.put(f"/lockers/{number}", json=parcel)
    require_status(answer, 201, "A parcel lies there now that did not lie there before, so something new was made")
    assert answer.json() == parcel, "The parcel was stored, and your answer does not show it as it was sent"


@check(task="say-whose-turn-it-is", objectives=["rest-apis.status-codes"])
def test_what_was_done_is_a_success(service, random):
    """What was stored is 201, what is shown is 200, also an empty list"""
    number, parcel = random.choice(LOCKERS), draw_parcel(random)
    store(service, number, parcel)
    answer = service.get(f"/lockers/{number}")
    require_status(answer, 200, "The parcel is there, and is shown")
    assert answer.json() == parcel, "`GET` of a locker should show the parcel in it"
    for name, expected in [(parcel["name"], [parcel]), ("Nobody", [])]:
        answer = service.get("/parcels", params={"name": name})
        require_status(answer, 200, "The question had an answer; that there are none is one, too")
        assert answer.json() == {"parcels": expected}, f"`GET /parcels` should show the parcels for {name}, and shows something else"


@check(task="say-whose-turn-it-is", objectives=["rest-apis.status-codes"])
def test_what_is_not_there_is_not_found(service, random):
    """A locker that is not there is not found, nor a parcel in an empty one"""
    empty = random.choice(LOCKERS)
    missing = random.randint(13, 99)
    require_status(service.get(f"/lockers/{missing}"), 404, f"The wall has no locker {missing}")
    require_status(service.put(f"/lockers/{missing}", json=draw_parcel(random)), 404, f"The wall has no locker {missing}, so nothing can be stored there")
    require_status(service.get(f"/lockers/{empty}"), 404, "No parcel lies there. An answer of 200 would be taken for one")
    store(service, empty, draw_parcel(random))


@check(task="say-whose-turn-it-is", objectives=["rest-apis.status-codes"])
def test_a_conflict_is_told_from_a_mistake(service, random):
    """A locker that is taken is a conflict"""
    number, free = random.sample(LOCKERS, 2)
    first, second = draw_parcel(random), draw_parcel(random)
    store(service, number, first)
    answer = service.put(f"/lockers/{number}", json=second)
    require_status(answer, 409, "Nothing is wrong with the request, it only doesn't go with what is there now. The courier takes another locker, and corrects nothing")
    store(service, free, second)


@check(task="say-whose-turn-it-is", objectives=["rest-apis.status-codes"])
def test_three_neighbours_are_told_apart(service, random):
    """Wrong type, unreadable and wrong value are three things"""
    path, parcel = f"/lockers/{random.choice(LOCKERS)}", draw_parcel(random)
    kilos = random.choice([0, -1, 21, 1.5, "3", None])
    table = {
        "a form": (415, "The service does not speak this type; the client needs another header", {"content": b"name=Ada&kilos=3", "headers": {"content-type": "application/x-www-form-urlencoded"}}),
        "JSON that is cut off": (400, "It should be JSON and can't be read; the client's program is wrong", {"content": b'{"name": "Ada", "kil', "headers": JSON}),
        f"{kilos!r} kilos": (422, "It can be read, and a value in it is wrong; a person corrects it", {"json": parcel | {"kilos": kilos}}),
        "a list": (422, "It can be read, and is no parcel", {"json": [parcel]}),
    }
    for _, (status, why, request) in cases(table):
        require_status(service.put(path, **request), status, why)
    answer = service.put(path, json=parcel)
    require_status(answer, 201, "This one is a parcel, and was the first")


@check(task="say-whose-turn-it-is", objectives=["rest-apis.status-codes"])
def test_our_fault_is_not_the_clients(service, random):
    """A door that is stuck is the wall's fault"""
    for answer in (service.get("/lockers/7"), service.put("/lockers/7", json=draw_parcel(random))):
        require_status(answer, 503, "The door is stuck, and the request was fine. A client that reads 4xx gives up or asks a person; one that reads 503 comes back later")
    store(service, random.choice(LOCKERS), draw_parcel(random))

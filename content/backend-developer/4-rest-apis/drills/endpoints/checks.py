"""Checks of the workshop's addresses. Owners and works are drawn from the seed of the run; addresses are those that the service gave."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_address, require_status

OWNERS = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya/Gael", "Hana & Ilse"]
WORKS = ["brakes", "chain", "front tyre", "lights", "saddle", "gears"]


def make(service, path, **facts):
    """Make something; return it, and the address that was told."""
    answer = service.post(path, json=facts)
    require_status(answer, 201, "Something new was made, and 201 says so")
    made = read_object(answer, id="a text", **dict.fromkeys(facts, "a text"))
    told = {name: made[name] for name in facts}
    assert told == facts, f"Your answer to `POST {path}` shows something else than what was sent. A client sees from it what was written down"
    address = answer.headers.get("location", "")
    require_address(address, "Location")
    assert address.startswith(f"{path}/") and len(address) > len(path) + 1, (
        f"`Location` is {address!r}, and should be an address below `{path}/`. Only you know where the new thing is, so say it: a client must not"
        " put the address together itself"
    )
    return made, address


def require_there(service, address, thing, why):
    """See that an address leads to this thing."""
    answer = service.get(address)
    require_status(answer, 200, why)
    assert answer.json() == thing, f"`GET {address}` shows something else. {why}"


def list_repairs(service, bike):
    """List the repairs of a bike."""
    answer = service.get("/repairs", params={"bike": bike})
    require_status(answer, 200, "The repairs of a bike are all repairs, seen through a filter")
    return answer.json()


@check(task="bikes-and-repairs", objectives=["rest-apis.endpoints"])
def test_a_new_bike_says_where_it_is(service, random):
    """A new bike says where it is, and is found there"""
    owner = random.choice(OWNERS)
    made = [make(service, "/bikes", owner=owner) for _ in range(2)]
    for bike, address in made:
        require_there(service, address, bike, f"The address came from `Location`. {owner} has two bikes, and each has an address of its own")


@check(task="bikes-and-repairs", objectives=["rest-apis.endpoints"])
def test_bikes_are_a_collection(service, random):
    """All bikes are listed, and one that is not there is not found"""
    made = [make(service, "/bikes", owner=owner) for owner in random.sample(OWNERS, 3)]
    answer = service.get("/bikes")
    require_status(answer, 200, "The collection is what a client can guess from the address of one bike: it leaves out the end")
    assert answer.json() == {"bikes": [bike for bike, _ in made]}, (
        "`GET /bikes` does not show all bikes in the order in which they came. Three were made before"
    )
    require_status(service.get(f"{made[0][1]}0"), 404, "No bike has this address. An empty success would be taken for a bike")


@check(task="bikes-and-repairs", objectives=["rest-apis.endpoints"])
def test_a_repair_stands_by_itself(service, random):
    """A repair has an address of its own, and is found by its bike"""
    (bike, _), (other, _) = (make(service, "/bikes", owner=owner) for owner in random.sample(OWNERS, 2))
    repairs = [make(service, "/repairs", bike=bike["id"], work=work) for work in random.sample(WORKS, 2)]
    make(service, "/repairs", bike=other["id"], work=random.choice(WORKS))
    for repair, address in repairs:
        require_there(service, address, repair, "The address came from `Location`")
    assert list_repairs(service, bike["id"]) == {"repairs": [repair for repair, _ in repairs]}, (
        "`GET /repairs?bike=…` shows other repairs than the two of this bike. The path says which things, the query which of them"
    )
    require_status(service.get(f"{repairs[0][1]}0"), 404, "No repair has this address")


@check(task="bikes-and-repairs", objectives=["rest-apis.endpoints"])
def test_a_repair_that_moves_keeps_its_address(service, random):
    """A repair that moves to another bike keeps its address"""
    (wrong, _), (right, _) = (make(service, "/bikes", owner=owner) for owner in random.sample(OWNERS, 2))
    repair, address = make(service, "/repairs", bike=wrong["id"], work=random.choice(WORKS))
    moved = repair | {"bike": right["id"]}
    answer = service.patch(address, json={"bike": right["id"]})
    require_status(answer, 200, "The repair belongs to another bike now, and nothing new was made")
    assert answer.json() == moved, "Your answer to the `PATCH` is not the repair with its new bike"
    require_there(service, address, moved, "It moved to another bike, and somebody has stored this address. What can change does not belong into it")
    lists = [list_repairs(service, bike["id"]) for bike in (wrong, right)]
    assert lists == [{"repairs": []}, {"repairs": [moved]}], (
        "After the move the repair should be found under its new bike, and no longer under the old one"
    )


@check(task="bikes-and-repairs", objectives=["rest-apis.endpoints"])
def test_no_address_is_a_verb(service, random):
    """Of the old addresses none is left"""
    bike, _ = make(service, "/bikes", owner=random.choice(OWNERS))
    for answer in (
        service.post("/createBike", json={"owner": bike["owner"]}),
        service.get("/getBike", params={"id": bike["id"]}),
        service.post("/repairBike", json={"bike": bike["id"], "work": "brakes"}),
    ):
        require_status(answer, 404, "Two addresses for one thing are two promises to keep. HTTP's methods are the verbs; an address names a thing")

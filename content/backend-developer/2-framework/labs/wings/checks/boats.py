"""Stage 2: guests, the boathouse, and what the house announces."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status, require_success
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    FOUND_NOWHERE,
    GUESTS,
    NAMES,
    REFUSED,
    SEATS,
    build_wing,
    check_in,
    check_out,
    list_free,
    list_wings,
    open_house,
    read_framework,
    require_one_of,
    take_boat,
)

PRICES = {
    "python": ("wings/boats/prices.py", '"""The prices of another season."""\n\n\ndef price(hours):\n    return {first} + {more} * hours\n'),
    "node": ("wings/boats/prices.mjs", "// The prices of another season.\nexport function price(hours) {{\n  return {first} + {more} * hours;\n}}\n"),
}


@check(task="boats", objectives=["framework.response-handling"])
def test_guests_come_and_go(service, random):
    """Guests come with 201 and go with 204, once"""
    open_house(service, random)
    found = []
    for name in random.sample(GUESTS, 2):
        answer = service.post("/guests", json={"name": name})
        require_status(answer, 201, "A guest is new in the house, and 201 says so")
        guest = read_object(answer, "id", name="a text")
        require_equal({"id": guest["id"], "name": name}, guest, "A guest is shown with `id` and `name`, and with the name that was sent")
        found.append(guest["id"])
    assert str(found[0]) != str(found[1]), "Your service gave two guests one `id`. A wing that hears of it can't tell who has left"
    require_status(service.delete(f"/guests/{found[0]}"), 204, "The guest has left, and there is nothing more to say: 204, without a body")
    require_status(service.delete(f"/guests/{found[0]}"), 404, "This guest has left already, and is not in the house any more")
    require_status(service.delete(f"/guests/{found[1]}"), 204, "Only the first guest has left; this one was still there")


@check(task="boats", objectives=["framework.request-handling"])
def test_the_fleet_is_listed(service, random):
    """The fleet is listed, and can be narrowed by seats"""
    open_house(service, random)
    seats = random.choice([2, 4])
    fleet = [{"number": number, "seats": has, "free": True} for number, has in SEATS.items()]
    for params, expected in [(None, fleet), ({"seats": str(seats)}, [boat for boat in fleet if boat["seats"] == seats]), ({"seats": "3"}, [])]:
        answer = service.get("/boats/fleet", params=params)
        require_status(answer, 200, "The fleet can be seen at any time; where no boat fits, the list is empty")
        require_equal(answer.json(), {"boats": expected}, "Your fleet is another. What stands in a query is a text: read it as a number before you compare it")
    for wrong in ("two", f"{seats}x"):
        require_one_of(service.get("/boats/fleet", params={"seats": wrong}), REFUSED, "`seats` is no whole number, and the client can put that right")
    require_equal(list_wings(service).get("boats", {}).get("title"), "The boathouse", "Your wing `boats` is not listed as *The boathouse*. That is its title")


@check(task="boats", objectives=["framework.response-handling"])
def test_a_boat_is_taken_once(service, random):
    """A boat is taken once, and has its price"""
    open_house(service, random)
    guest, boat, hours = check_in(service, random), random.choice(list(SEATS)), random.randint(2, 8)
    answer = take_boat(service, guest, boat, hours)
    require_status(answer, 201, "The boat is free and the guest is in the house, so a ride begins")
    require_equal(
        answer.json(),
        {"guest": guest, "boat": boat, "hours": hours, "euros": 4 + 8 * hours},
        "The ride is another than the brief shows. The first hour costs 12 euros, each further one 8",
    )
    require_equal(list_free(service), [each for each in SEATS if each != boat], "The boat that was taken is not free any more, and all others are")
    require_one_of(take_boat(service, check_in(service, random), boat), (409,), "The boat is out. Nothing is wrong with the request, and 409 says that: the guest takes another boat")
    others = [each for each in SEATS if each != boat]
    for other, length, euros in ((others[0], 1, 12), (others[1], 8, 68)):
        answer = take_boat(service, guest, other, length)
        require_success(answer, 201, "This boat is free, and a ride takes 1 to 8 hours")
        require_equal(read_object(answer, "euros")["euros"], euros, "The first hour costs 12 euros, each further one 8")


@check(task="boats", objectives=["framework.request-handling"])
def test_a_wrong_ride_is_refused(service, random):
    """A ride that can't be is refused, and takes no boat"""
    open_house(service, random)
    guest, left = check_in(service, random), check_in(service, random)
    check_out(service, left)
    ride = {"guest": guest, "boat": random.choice(list(SEATS)), "hours": random.randint(1, 8)}
    without = {name: {key: value for key, value in ride.items() if key != name} for name in ride}
    table = {
        "no boat": (without["boat"], REFUSED),
        "no guest": (without["guest"], REFUSED),
        "no hours": (without["hours"], REFUSED),
        "no time": (ride | {"hours": 0}, REFUSED),
        "too much time": (ride | {"hours": 9}, REFUSED),
        "half an hour": (ride | {"hours": 1.5}, REFUSED),
        "time in words": (ride | {"hours": "two"}, REFUSED),
        "a boat that is not there": (ride | {"boat": random.randint(7, 99)}, FOUND_NOWHERE),
        "a guest who has left": (ride | {"guest": left}, FOUND_NOWHERE),
    }
    for case, (body, statuses) in cases(table):
        require_one_of(
            service.post("/boats/rides", json=body),
            statuses,
            f"The ride had {case}. Look at all of it before a boat is taken; whoever sent it can put it right now",
        )
    require_equal(list_free(service), list(SEATS), "All these rides were refused, and a boat is out. Look first, and act then")
    require_success(service.post("/boats/rides", json=ride), 201, "The boat is free, and the ride as it should be")


@check(task="boats", objectives=["framework.modules"])
def test_who_leaves_leaves_no_boat(service, random):
    """When a guest leaves, their boats are free again, and no others"""
    open_house(service, random)
    leaves, stays = check_in(service, random), check_in(service, random)
    boats = random.sample(list(SEATS), 3)
    for guest, boat in zip((leaves, stays, leaves), boats, strict=True):
        require_success(take_boat(service, guest, boat), 201, "The boat is free")
    check_out(service, leaves)
    require_equal(
        list_free(service),
        [boat for boat in SEATS if boat != boats[1]],
        "One guest had two boats and has left, another one is still out with a third. The house announces who leaves, and the boathouse has to hear it: let the wing add itself to those who want to know",
    )


@check(task="boats", objectives=["framework.project-structure"])
def test_prices_are_a_file_of_their_own(service, source, random):
    """A new file with prices is all that a new season needs"""
    open_house(service, random)
    first, more = random.randint(20, 90), random.randint(2, 9)
    file, code = PRICES["node" if read_framework(source) == "express" else "python"]
    service.add_files({file: code.format(first=first, more=more)})
    hours = random.randint(1, 8)
    answer = take_boat(service, check_in(service, random), random.choice(list(SEATS)), hours)
    require_success(answer, 201, "Only the prices are new")
    require_equal(
        read_object(answer, "euros")["euros"],
        first + more * hours,
        f"`{file}` was replaced by the prices of another season, and the ride has an old price. There is one place for prices: ask its `price(hours)`, and keep no number of it elsewhere",
    )


@check(task="boats", objectives=["framework.modules"])
def test_a_new_wing_hears_who_leaves(service, source, data, random):
    """A wing of another crew knows who is a guest, and hears who leaves"""
    open_house(service, random)
    name = random.choice(NAMES)
    build_wing(service, source, data, name)
    leaves, stays = check_in(service, random), check_in(service, random)
    check_out(service, leaves)

    for guest, is_here in ((leaves, False), (stays, True)):
        answer = service.post(f"/{name}/asked", json={"guest": guest})
        require_status(answer, 200, f"The wing `{name}` asks your `house/guests` whether somebody is in the house")
        require_equal(answer.json(), {"known": is_here}, f"The wing `{name}` asked your `house/guests` about a guest who {'is in the house' if is_here else 'has left'}, with the `id` that `POST /guests` gave, and was told something else")
    answer = service.get(f"/{name}/heard")
    require_status(answer, 200, f"The wing `{name}` shows here of whom it has heard")
    require_equal(
        answer.json(),
        {"heard": [leaves]},
        f"One guest has left, and the wing `{name}`, which wants to know of each, has heard something else. The house tells everybody who has asked to be told, once for each guest, with the `id` as `POST /guests` gave it; it knows none of them by name",
    )

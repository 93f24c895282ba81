"""Stage 4: what holds for the house and for every wing, and the settings."""

import time

from milepost.engine.checks import ServiceEnded, check
from milepost.engine.checks.answers import read_object, require_status, require_success, require_type
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import NAMES, build_wing, check_in, list_wings, open_house, require_gone, require_served, take_boat

PATIENCE_SECONDS = 3.0  # for what is printed, once the answer is there


def is_printed(service, word):
    """Whether the service prints a word; a line may come a moment after the answer, so it is waited for."""
    until = time.monotonic() + PATIENCE_SECONDS
    while word not in service.logs and time.monotonic() < until:
        time.sleep(0.02)
    return word in service.logs


def require_no_start(service, variables, wrong):
    """See that the service ends with these variables, and names the one that is wrong."""
    told = " ".join(f"{name}={value!r}" for name, value in variables.items()) or "no variable at all"
    service.environment.clear()
    service.environment.update(variables)
    try:
        service.restart()
    except ServiceEnded as ended:
        code, printed = ended.exit_code, ended.printed
    else:
        code, printed = None, ""
    assert code is not None, f"Started with {told}, your service opened, though `{wrong}` can't be right. Look at the settings before anything else, and end there"
    assert code != 0, f"Started with {told}, your service ended with exit code 0, which says that all went well. End with another one"
    assert wrong in printed, f"Started with {told}, your service did not open, and what it printed does not name `{wrong}`. Whoever starts it has to know what to put right"


@check(task="rules", objectives=["framework.middleware"])
def test_every_answer_names_the_hotel(service, source, data, random):
    """Every answer names the hotel, in a new wing too"""
    hotel, name = open_house(service, random), random.choice(NAMES)
    build_wing(service, source, data, name)
    for path, status in [("/wings", 200), ("/boats/fleet", 200), (f"/{name}/echo/hello", 200), ("/cellars", 404), (f"/{name}/none", 404), (f"/{name}/broken/{random.randint(1, 99)}", 500)]:
        answer = service.get(path)
        require_status(answer, status, "The header is added to an answer, whose status stays as it is")
        require_equal(
            answer.headers.get("x-hotel"),
            hotel,
            f"Your answer to `{answer.title}` has another `X-Hotel` than `HOTEL_NAME`, or none. What holds for every answer stands in one place around all routes, outside of whatever may answer",
        )
    answer = service.get("/wings")
    require_equal(read_object(answer, "hotel")["hotel"], hotel, "`GET /wings` shows the `HOTEL_NAME` that the service was started with")


@check(task="rules", objectives=["framework.middleware"])
def test_visits_are_counted(service, source, data, random):
    """Visits of each wing are counted, of a new one too"""
    open_house(service, random)
    name, word = random.choice(NAMES), f"w{random.randint(100, 999)}"
    build_wing(service, source, data, name)
    wings = list_wings(service)
    require_equal({each: wing.get("visits") for each, wing in wings.items()}, dict.fromkeys(wings, 0), "Nobody has been in any wing yet, so `visits` is 0 for each")
    there, boats = random.randint(2, 5), random.randint(1, 4)
    for _ in range(there):
        require_served(service, name, word)
    for _ in range(boats):
        require_success(service.get("/boats/fleet"), 200, "The fleet can be seen at any time")
    for path in (f"/{name}/none", f"/{name}/broken/{random.randint(1, 99)}", f"/cellars/{name}"):
        service.get(path)
    wings = list_wings(service)
    require_equal(
        {each: wing.get("visits") for each, wing in wings.items()},
        dict.fromkeys(wings, 0) | {name: there + 2, "boats": boats},
        f"The wing `{name}` answered {there} times, and once more with 404 and with 500; the boathouse answered {boats} times. Your `visits` are others. Count in the one place that all requests pass, whatever becomes of them, by the first part of the path",
    )


@check(task="rules", objectives=["framework.middleware"])
def test_a_crash_stays_where_it_is(service, source, data, random):
    """A crash in a wing is answered, and tells nothing of itself"""
    open_house(service, random)
    name, pipe = random.choice(NAMES), random.randint(1, 900)
    build_wing(service, source, data, name)
    answer = service.get(f"/{name}/broken/{pipe}")
    require_status(answer, 500, f"The wing `{name}` raised an error that nobody expected")
    require_type(answer)
    sentence = read_object(answer, error="a text")["error"]
    assert sentence.strip(), "`error` of your answer is empty. It is the sentence that a person reads"
    assert not any(word in answer.text for word in (f"pipe-{7000 + pipe}", "RuntimeError", "Traceback", "views.py", "index.mjs")), (
        "Your answer tells something of the error itself: what it says, its type, or where it was raised. That belongs into the log"
    )
    assert is_printed(service, f"pipe-{7000 + pipe}"), (
        f"Your service has printed nothing of the error that `{answer.title}` ended with: its message has the word `pipe-{7000 + pipe}`. The guest is told nothing, so the log has to tell it, or nobody will ever know"
    )
    require_served(service, name, "still")
    require_success(take_boat(service, check_in(service, random), 1), 201, "One pipe has burst in another wing, and here everything is as it was")


@check(task="rules", objectives=["framework.configuration"])
def test_a_house_without_a_name_does_not_open(service, random):
    """Without a name, or with an empty one, the service does not start"""
    for _, variables in cases({"no name": {}, "an empty name": {"HOTEL_NAME": ""}}):
        require_no_start(service, variables, "HOTEL_NAME")
    service.environment.clear()
    hotel = open_house(service, random, CLOSED_WINGS="")
    service.restart()
    answer = service.get("/wings")
    require_status(answer, 200, "The house has a name, and no wing of it is closed")
    require_equal(read_object(answer, "hotel")["hotel"], hotel, "`GET /wings` shows the `HOTEL_NAME` that the service was started with")
    require_equal(list(list_wings(service)), ["boats", "library"], "`CLOSED_WINGS` is empty, so all wings are open")


@check(task="rules", objectives=["framework.configuration"])
def test_closed_wings_are_closed(service, source, data, random):
    """Wings that are closed for the season are not there"""
    name = random.choice(NAMES)
    closed = ["boats", name]
    random.shuffle(closed)
    open_house(service, random, CLOSED_WINGS=",".join(closed))
    build_wing(service, source, data, name)
    require_equal(list(list_wings(service)), ["library"], f"Your service was started with CLOSED_WINGS={','.join(closed)!r}, and lists other wings than the one that is open")
    require_gone(service, "/boats/fleet")
    require_gone(service, f"/{name}/echo/hello")
    require_success(service.get("/library/books/3"), 200, "The library is open")

    service.environment["CLOSED_WINGS"] = "library"
    service.restart()
    require_equal(list(list_wings(service)), sorted(["boats", name]), "Your service was started anew with CLOSED_WINGS='library', and lists other wings than those that are open")
    require_served(service, name, "open")


@check(task="rules", objectives=["framework.configuration"])
def test_only_a_wing_can_be_closed(service, random):
    """A wing that is not there can't be closed"""
    hotel = open_house(service, random)
    slip = random.choice(["boat", "libary", "boatz"])
    for _, names in cases({"a slip of the pen": slip, "a slip beside a wing": f"library,{slip}"}):
        require_no_start(service, {"HOTEL_NAME": hotel, "CLOSED_WINGS": names}, "CLOSED_WINGS")
    service.environment["CLOSED_WINGS"] = "library,boats"
    service.restart()
    require_equal(list(list_wings(service)), [], "Your service was started with CLOSED_WINGS='library,boats', and both are there to be closed")

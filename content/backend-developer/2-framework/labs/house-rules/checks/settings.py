"""Stage 4: settings from the environment, and what they change."""

from milepost.engine.checks import ServiceEnded, check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    book,
    draw_id,
    draw_name,
    require_booked,
    require_error,
    require_line,
    require_no_line,
    set_up,
)


def write_settings(variables):
    """Write settings as a person would type them."""
    return " ".join(f"{name}={value!r}" for name, value in variables.items()) or "no variable at all"


def open_anew(service, variables):
    """Start the service anew with just these variables."""
    service.environment.clear()
    service.environment.update(variables)
    service.restart()


def require_settings(service, variables, expected):
    """See what `GET /` shows of these variables."""
    open_anew(service, variables)
    answer = service.get("/")
    require_status(answer, 200, "`GET /` shows the settings, also where the hotel is closed")
    require_equal(
        answer.json(),
        expected,
        f"Your service was started with {write_settings(variables)}, and shows other settings. Every variable is a text: read it into its type, and where it is missing take what the brief says",
    )


def require_no_start(service, variables, *wrong):
    """See that the service ends with these variables, and names those that are wrong."""
    told = write_settings(variables)
    try:
        open_anew(service, variables)
    except ServiceEnded as ended:
        code, printed = ended.exit_code, ended.printed
    else:
        code, printed = None, ""
    assert code is not None, (
        f"Started with {told}, your service opened, though {' and '.join(wrong)} can't be right. Whoever started it has gone by now. Read all settings before anything else, and end there"
    )
    assert code != 0, f"Started with {told}, your service ended with exit code 0, which says that all went well. End with another one"
    for name in wrong:
        assert name in printed, (
            f"Started with {told}, your service did not open, and what it printed does not name `{name}`. Whoever starts it has to know which variables to look at: find all that are wrong, and name each"
        )


@check(task="settings", objectives=["framework.configuration"])
def test_settings_are_read(service, random):
    """Settings are read, each as what it is"""
    name, limit = draw_name(random), random.randint(500, 9000)
    require_settings(
        service, {"HOTEL_NAME": name}, {"hotel": name, "closed": False, "body_limit": 10_000, "log_level": "info"}
    )
    require_settings(
        service,
        {"HOTEL_NAME": name, "CLOSED": "true", "BODY_LIMIT": str(limit), "LOG_LEVEL": "error"},
        {"hotel": name, "closed": True, "body_limit": limit, "log_level": "error"},
    )


@check(task="settings", objectives=["framework.configuration"])
def test_false_is_false(service, random):
    """A hotel that says it is not closed is open"""
    name = draw_name(random)
    open_anew(service, {"HOTEL_NAME": name, "CLOSED": "false", "BODY_LIMIT": "1000000", "LOG_LEVEL": "info"})
    answer = service.get("/")
    require_status(answer, 200, "`GET /` shows the settings")
    expected = {"hotel": name, "closed": False, "body_limit": 1_000_000, "log_level": "info"}
    require_equal(
        answer.json(),
        expected,
        "Your service was started with CLOSED='false', and shows other settings. A text that is not empty counts as true, whatever stands in it: compare it with the words that fit",
    )
    require_booked(book(service, random.randint(1, 40), draw_name(random)))


@check(task="settings", objectives=["framework.configuration"])
def test_a_hotel_without_a_name_does_not_open(service, random):
    """Without a name, or with an empty one, the service does not start"""
    name = draw_name(random)
    for _, variables in cases({"no name": {}, "an empty name": {"HOTEL_NAME": ""}}):
        require_no_start(service, variables, "HOTEL_NAME")
    open_anew(service, {"HOTEL_NAME": name})
    require_booked(book(service, random.randint(1, 40), name))


@check(task="settings", objectives=["framework.configuration"])
def test_a_setting_that_does_not_fit_ends_the_start(service, random):
    """A setting that does not fit ends the start"""
    table = {
        "a limit in words": {"BODY_LIMIT": "plenty"},
        "no limit at all": {"BODY_LIMIT": ""},
        "a limit of nothing": {"BODY_LIMIT": "0"},
        "a limit with a unit": {"BODY_LIMIT": f"{random.randint(2, 9)}kB"},
        "a limit above the highest": {"BODY_LIMIT": "1000001"},
        "a hotel that is perhaps closed": {"CLOSED": "perhaps"},
        "a log level that nobody knows": {"LOG_LEVEL": "loud"},
    }
    for _, wrong in cases(table):
        require_no_start(service, {"HOTEL_NAME": draw_name(random)} | wrong, *wrong)
    require_settings(
        service,
        {"HOTEL_NAME": "Albatross", "BODY_LIMIT": "1"},
        {"hotel": "Albatross", "closed": False, "body_limit": 1, "log_level": "info"},
    )


@check(task="settings", objectives=["framework.configuration"])
def test_all_that_is_wrong_is_named_at_once(service, random):
    """All settings that are wrong are named at once"""
    require_no_start(service, {"BODY_LIMIT": "plenty", "LOG_LEVEL": "loud"}, "HOTEL_NAME", "BODY_LIMIT", "LOG_LEVEL")
    wrong = random.choice([("CLOSED", "BODY_LIMIT"), ("CLOSED", "LOG_LEVEL")])
    require_no_start(service, {"HOTEL_NAME": draw_name(random)} | dict.fromkeys(wrong, "perhaps"), *wrong)


@check(task="settings", objectives=["framework.middleware"])
def test_a_closed_hotel_does_nothing(service, random):
    """A closed hotel refuses with 503, with an id and a line as ever"""
    set_up(service, random, CLOSED="true")
    sent, room = draw_id(random), random.randint(1, 40)
    for answer in (
        book(service, room, draw_name(random), headers={"X-Request-ID": sent}),
        service.get(f"/lift/{random.randint(1, 900)}"),
        service.get(f"/cellar/{room}"),
    ):
        require_status(answer, 503, "The hotel is closed. A rule that answers by itself stands around all routes, and does not call what is inside of it")
        require_error(answer, "What a rule of yours refuses has the shape of all errors")
        require_equal(
            require_line(service, answer).get("status"),
            503,
            f"The line of `{answer.title}` has another status than the answer. See which of your rules stands around which",
        )
        require_no_line(service, answer, "error", "The hotel is closed, and all the same its code has run. A rule that refuses does not call what is inside of it")
    require_status(service.get("/"), 200, "`GET /` shows the settings, also where the hotel is closed")


@check(task="settings", objectives=["framework.middleware"])
def test_a_large_body_is_refused(service, random):
    """A body above the limit is refused with 413, and one of just the limit is not"""
    limit = random.randint(200, 900)
    set_up(service, random, BODY_LIMIT=str(limit))
    room = random.randint(1, 40)
    short = f'{{"room": {room}, "name": "{draw_id(random)}"}}'

    json = {"content-type": "application/json"}
    answer = service.post("/bookings", content=short + " " * (limit + 1 - len(short)), headers=json)
    require_status(answer, 413, f"`BODY_LIMIT` is {limit}, and the body has {limit + 1} bytes. Its `Content-Length` says so before anything is read")
    require_error(answer, "What a rule of yours refuses has the shape of all errors")
    require_line(service, answer)

    answer = service.post("/bookings", content=short + " " * (limit - len(short)), headers=json)
    require_status(answer, 201, f"`BODY_LIMIT` is {limit}, and the body has just as many bytes. The room was not booked before: what is refused never reaches the hotel")


@check(task="settings", objectives=["framework.configuration"])
def test_a_quiet_log_has_errors_only(service, random):
    """With `LOG_LEVEL=error` the log has lines of errors only"""
    set_up(service, random, LOG_LEVEL="error")
    quiet = [service.get(f"/rooms/{random.randint(1, 40)}"), service.get(f"/cellar/{random.randint(1, 40)}")]
    broken = service.get(f"/lift/{random.randint(1, 900)}")
    require_line(service, broken, "error")
    for answer in (*quiet, broken):
        require_no_line(service, answer, "request", "`LOG_LEVEL` is `error`, so only errors are printed")

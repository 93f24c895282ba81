"""Checks of the settings: starts of the service with other variables. Names and rooms are drawn from the seed of the run."""

from milepost.engine.checks import ServiceEnded, check

NAMES = ["Lindenhof", "Seeblick", "Adler", "Krone", "Bellevue", "Meridian", "Astoria"]


def draw_settings(random, **fields):
    """Draw settings that fit, but for those that are given; None leaves one out."""
    drawn = {"HOTEL_NAME": f"{random.choice(NAMES)} {random.randint(1, 99)}", "ROOMS": str(random.randint(1, 500))} | fields
    return {name: value for name, value in drawn.items() if value is not None}


def write_settings(settings):
    """Write settings as a person would type them."""
    return " ".join(f"{name}={value!r}" for name, value in settings.items())


def ask(service, settings):
    """Start the service with these variables, and return what it answers."""
    service.environment.clear()
    service.environment.update(settings)
    service.restart()
    answer = service.get("/")
    assert answer.status_code == 200, (
        f"Started with {write_settings(settings)}, your service answered `GET /` with {answer.status_code} instead of 200"
    )
    return answer.json()


def require_no_start(service, settings, *wrong):
    """See that the service ends with these variables, and names those that are wrong."""
    service.environment.clear()
    service.environment.update(settings)
    told = write_settings(settings)
    try:
        service.restart()
    except ServiceEnded as ended:
        exit_code, printed = ended.exit_code, ended.printed
    else:
        exit_code, printed = None, ""
    assert exit_code is not None, (
        f"With {told}, {' and '.join(wrong)} can't be right, and your service started all the same. Read the settings where the file is loaded, before it listens, and end there"
    )
    assert exit_code != 0, (
        f"With {told}, your service ended with exit code 0, which says that all went well. End with another one"
    )
    for name in wrong:
        assert name in printed, (
            f"With {told}, your service did not start, and what it printed doesn't name `{name}`. The person who starts it has to know which variables to look at"
        )


@check(task="under-another-hotels-name", objectives=["framework.configuration"])
def test_settings_come_from_the_environment(service, random):
    """Settings come from the environment, a number as a number"""
    for rooms in ("1", "500"):
        settings = draw_settings(random, ROOMS=rooms)
        assert ask(service, settings) == {"hotel": settings["HOTEL_NAME"], "rooms": int(rooms), "closed": False}, (
            f"It was started with {write_settings(settings)}. Every variable is a text: what is to be a number is converted once, where it is read"
        )


@check(task="under-another-hotels-name", objectives=["framework.configuration"])
def test_closed_is_true_or_false(service, random):
    """CLOSED is true or false, whatever stands in it"""
    for closed in ("true", "false"):
        settings = draw_settings(random, CLOSED=closed)
        got = ask(service, settings)
        assert isinstance(got, dict), "`GET /` answers an object"
        assert got.get("closed") is (closed == "true"), (
            f"It was started with CLOSED={closed!r}. That is a text, and a text that isn't empty counts as true; compare it with what it may be"
        )


@check(task="under-another-hotels-name", objectives=["framework.configuration"])
def test_a_missing_setting_stops_the_start(service, random):
    """Without HOTEL_NAME or without ROOMS it doesn't start, and says which is missing"""
    require_no_start(service, draw_settings(random, HOTEL_NAME=None), "HOTEL_NAME")
    require_no_start(service, draw_settings(random, ROOMS=None), "ROOMS")
    ask(service, draw_settings(random))


@check(task="under-another-hotels-name", objectives=["framework.configuration"])
def test_a_setting_that_makes_no_sense_stops_the_start(service, random):
    """With a setting that makes no sense it doesn't start, and says which one it is"""
    for rooms in [random.choice(["many", "4O", "12 rooms", ""]), "0", "501"]:
        require_no_start(service, draw_settings(random, ROOMS=rooms), "ROOMS")
    require_no_start(service, draw_settings(random, CLOSED=random.choice(["maybe", "sundays"])), "CLOSED")


@check(task="under-another-hotels-name", objectives=["framework.configuration"])
def test_all_that_is_wrong_is_named_at_once(service, random):
    """All that is wrong is named at once"""
    require_no_start(service, draw_settings(random, HOTEL_NAME=None, ROOMS="many"), "HOTEL_NAME", "ROOMS")

"""Checks of the settings. Every environment is drawn from the seed of the run.

A value is drawn first and written as text, so what must come back is never read from the text.
"""

from milepost.engine.checks import SolutionRaised, check, exactly

NAMES = ["api", "shop", "admin", "static", "mail", "intern"]
KEYS = {"port", "debug", "hosts", "limit"}


def draw_hosts(random, count):
    """Draw some names of hosts, no two alike."""
    return [f"{name}{random.randint(1, 99)}.example" for name in random.sample(NAMES, count)]


def draw_environment(random, **given):
    """Draw an environment in which every variable is set, but for those that are given."""
    drawn = {
        "PORT": str(random.randint(1024, 65535)),
        "DEBUG": random.choice(["true", "false"]),
        "HOSTS": ",".join(draw_hosts(random, random.randint(2, 4))),
        "LIMIT": str(random.randint(1, 5000)),
    }
    return drawn | given


def read(solution, environment, key):
    """Ask the learner's function, and return what it says of one setting."""
    try:
        settings = solution.call("read_settings", environment)
    except SolutionRaised as error:
        said = f": {error.message[:120]}" if error.message else ""
        raise SolutionRaised(
            f"Your function raised `{error.type}{said}`, and the service doesn't start. All of this environment is as the"
            " brief says. See which text you converted before asking whether there is anything in it",
            type=error.type,
            message=error.message,
            traceback=error.detail,
        ) from error
    assert isinstance(settings, dict), "What comes back is a record with the keys `port`, `debug`, `hosts` and `limit`"
    assert set(settings) == KEYS, "The record has these four keys, and each of them always, also where its value is nothing"
    return settings[key]


@check(task="read-the-settings", objectives=["language.data-types"])
def test_port_is_a_number(solution, random):
    """The port is a whole number"""
    port = random.randint(1024, 65535)
    environment = draw_environment(random, PORT=str(port))

    assert exactly(read(solution, environment, "port")) == port, (
        "A text of digits looks like a number and sorts, adds and compares like a text. Turn it into a number here,"
        " where it comes in"
    )


@check(task="read-the-settings", objectives=["language.data-types"])
def test_debug_is_true_or_false(solution, random):
    """The text false becomes false, and the text true becomes true"""
    both = [True, False]
    random.shuffle(both)

    for debug in both:
        environment = draw_environment(random, DEBUG="true" if debug else "false")
        assert exactly(read(solution, environment, "debug")) == debug, (
            "Every text that is not empty counts as true, also the text `false`. Compare the text with the word that"
            " you are looking for"
        )


@check(task="read-the-settings", objectives=["language.data-types"])
def test_hosts_are_a_list(solution, random):
    """The hosts are a list of names, and of an empty text an empty list"""
    for count in (random.randint(2, 4), 1):
        hosts = draw_hosts(random, count)
        found = read(solution, draw_environment(random, HOSTS=",".join(hosts)), "hosts")
        assert found == hosts, "The names between the commas are the parts of a list, in their order, also if it is one"

    assert read(solution, draw_environment(random, HOSTS=""), "hosts") == [], (
        "An empty text names no host. Split at commas, it still has one part, which is an empty name: ask for it first"
    )


@check(task="read-the-settings", objectives=["language.data-types"])
def test_no_limit_is_nothing(solution, random):
    """A limit that is missing or empty is nothing, not a number"""
    without = draw_environment(random)
    del without["LIMIT"]

    for environment in (without, draw_environment(random, LIMIT="")):
        assert read(solution, environment, "limit") is None, (
            "Nobody has set a limit here. A number would be an invented one, and a limit of 0 lets nobody in: return"
            " `None` (in JavaScript `null`)"
        )


@check(task="read-the-settings", objectives=["language.data-types"])
def test_limit_is_a_number_also_zero(solution, random):
    """A limit that is set is a whole number, and 0 is one"""
    limit = random.randint(1, 5000)

    assert exactly(read(solution, draw_environment(random, LIMIT=str(limit)), "limit")) == limit, (
        "A limit that is set is a whole number, ready to be compared with a count of requests"
    )
    assert exactly(read(solution, draw_environment(random, LIMIT="0"), "limit")) == 0, (
        "Somebody has set the limit to 0, so that nobody gets in. 0 counts as false, but it is a value, not a gap"
    )

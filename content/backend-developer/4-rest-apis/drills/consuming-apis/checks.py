"""Checks of what a service makes of its supplier's good and bad days. Beaches and winds are drawn from the seed of the run."""

import string

from milepost.engine.checks import Reply, check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases


def draw_beaches(random, count):
    """Draw beaches, each with a name of its own."""
    return ["".join(random.sample(string.ascii_lowercase, 7)) for _ in range(count)]


def tell(random, knots):
    """Make what a station tells on a good day."""
    return {"knots": knots, "sensor": random.choice("ABCD") + str(random.randint(1, 9)), "battery": random.randint(1, 99) / 100}


def blow(upstream, random, beach, *before):
    """Let the station tell a wind, after what it does before; return the wind."""
    knots = random.randint(1, 149)
    upstream.reply("GET", f"/stations/{beach}", *before, Reply(json=tell(random, knots)))
    return knots


def require_wind(service, beach, knots, why):
    """See that the service tells this wind."""
    answer = service.get(f"/wind/{beach}")
    require_status(answer, 200, why)
    document = answer.json()
    got = document.get("knots") if isinstance(document, dict) else None
    assert got == knots, f"Your answer tells another wind than the station. {why}"


def require_calls(upstream, beach, count, why):
    """See how often the station was asked about a beach."""
    calls = len(upstream.calls_to("GET", f"/stations/{beach}"))
    assert calls == count, f"The station was asked {calls} times about this beach, and should have been asked {count} times. {why}"


@check(task="ask-for-the-wind", objectives=["rest-apis.consuming-apis"])
def test_the_wind_and_nothing_else_is_shown(service, upstream, random):
    """The wind is shown in the club's own words"""
    for beach in draw_beaches(random, 2):
        knots = blow(upstream, random, beach)
        answer = service.get(f"/wind/{beach}")
        require_status(answer, 200, "The first answer was good")
        assert answer.json() == {"beach": beach, "knots": knots}, (
            "Your answer is not the beach with its knots, and nothing else. What the station tells of its sensor and its battery is its own business, and"
            " may change tomorrow: build an answer of your own"
        )
        require_calls(upstream, beach, 1, "The first answer was good")


@check(task="ask-for-the-wind", objectives=["rest-apis.consuming-apis"])
def test_a_200_that_is_no_wind_is_not_believed(service, upstream, random):
    """A 200 that tells no wind is not believed"""
    calm, storm, *others = draw_beaches(random, 10)
    for beach, knots in [(calm, 0), (storm, 150)]:
        upstream.reply("GET", f"/stations/{beach}", Reply(json=tell(random, knots)))
        require_wind(service, beach, knots, f"{knots} knots are a wind, and from 0 to 150 both ends count")
    table = {
        "a text that is no JSON": Reply(text="Back soon"),
        "half a document": Reply(text='{"knots": 1'),
        "a list": Reply(json=[random.randint(1, 99)]),
        "null": Reply(json=None),
        "no knots": Reply(json={"sensor": "A7"}),
        "a text of digits": Reply(json=tell(random, str(random.randint(1, 99)))),
        "less than no wind": Reply(json=tell(random, -random.randint(1, 9))),
        "a broken sensor": Reply(json=tell(random, 151)),
    }
    for beach, (what, reply) in zip(others, cases(table), strict=True):
        upstream.reply("GET", f"/stations/{beach}", reply)
        require_status(service.get(f"/wind/{beach}"), 502, (
            f"The station answered 200 with {what}. The failure is not yours, which 502 says. Look at what came before you use it: can it be read, and is it what you need?"
        ))


@check(task="ask-for-the-wind", objectives=["rest-apis.consuming-apis"])
def test_a_passing_fault_is_tried_again(service, upstream, random):
    """A fault that may pass is tried again, three calls in all"""
    beach, down = draw_beaches(random, 2)
    faults = [Reply(random.choice([500, 502, 503, 504])), Reply.dropped()]
    random.shuffle(faults)
    knots = blow(upstream, random, beach, *faults)
    require_wind(service, beach, knots, "Two calls failed and the third was good, and three are allowed")
    require_calls(upstream, beach, 3, "A good answer ends it")
    upstream.reply("GET", f"/stations/{down}", Reply(random.choice([500, 502, 503, 504])))
    require_status(service.get(f"/wind/{down}"), 502, "The station failed each time; nothing in your own code did")
    require_calls(upstream, down, 3, "Asking without end keeps a station down that is down")


@check(task="ask-for-the-wind", objectives=["rest-apis.consuming-apis"])
def test_a_refusal_is_not_repeated(service, upstream, random):
    """What the station refuses is not asked again"""
    good, unknown, *others = draw_beaches(random, 4)
    require_wind(service, good, blow(upstream, random, good), "The first answer was good")
    upstream.reply("GET", f"/stations/{unknown}", Reply(404))
    require_status(service.get(f"/wind/{unknown}"), 404, "The station knows no such beach, and so doesn't the club")
    require_calls(upstream, unknown, 1, "That it knows no such beach is an answer, and will be the same the next time")
    for beach, status in zip(others, random.sample([400, 401, 403, 410, 501], 2), strict=True):
        upstream.reply("GET", f"/stations/{beach}", Reply(status))
        require_status(service.get(f"/wind/{beach}"), 502, f"The station refused with {status}, which tells nothing about the wind and is no fault of who asked the club")
        require_calls(upstream, beach, 1, f"After {status} the same question gets the same answer: change it, or stop")


@check(task="ask-for-the-wind", objectives=["rest-apis.consuming-apis"])
def test_silence_has_an_end(service, upstream, random):
    """A silent station is not waited for without end"""
    waking, silent = draw_beaches(random, 2)
    knots = blow(upstream, random, waking, Reply.silent())
    require_wind(service, waking, knots, "The first call got no answer, and a second one was good")
    upstream.reply("GET", f"/stations/{silent}", Reply.silent())
    require_status(service.get(f"/wind/{silent}"), 502, "The station never answered, and somebody waits for *you*: each call has a limit in time, and what it raises is caught")
    require_calls(upstream, silent, 3, "Silence may pass as well, and after three calls it is enough")

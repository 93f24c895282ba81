"""What checks of several stages use: made-up listeners, songs and phones, copies of the desk, and time that passes.

Each check meets a service that was just started and an empty Redis. All ask for `redis`, since a service needs
it to start. Nothing waits for a clock: what was long ago is written down as long ago.
"""

import string
import time

from milepost.engine.checks.answers import read_object, require_status, require_type
from milepost.engine.checks.comparing import require_equal

SESSION_SECONDS = 1800
ONLINE_SECONDS = 300
BORDER_SECONDS = 30  # no check comes closer to the end of the five minutes
MINUTE_SECONDS = 60
WISHES = 5
NAMES = ["Ada", "Bo", "Chidi", "Dunja", "Émile", "Freya", "Gaël", "Hana", "İlse", "Jürgen", "Mo", "Zoë"]
WORDS = ["MOON", "RAIN", "TRAM", "LAMP", "BLUE", "FOG", "TIDE", "FERRY"]


# Made up


def make_up_names(random, count):
    """Make up so many different names."""
    return [f"{first} {random.choice(string.ascii_uppercase)}" for first in random.sample(NAMES, count)]


def make_up_songs(random, count):
    """Make up so many different codes of songs."""
    numbers = random.sample(range(1, 1000), count)
    return [f"{random.choice(WORDS)}{number}" for number in numbers]


def make_up_phones(random, count):
    """Make up so many different telephones."""
    return [str(number) for number in random.sample(range(10**6, 10**9), count)]


# Sessions


def come_in(service, name):
    """Come in with a name; return the token."""
    answer = service.post("/sessions", json={"name": name})
    require_status(answer, 201, "Somebody came in, and a session was made")
    require_type(answer)
    document = read_object(answer, token="a text", name="a text")
    require_equal(
        document["name"], name, "Your service answers with another name than the one that came in"
    )
    token = document["token"]
    assert (
        16 <= len(token) <= 100
        and token.isascii()
        and all(letter.isalnum() or letter in "-_" for letter in token)
    ), (
        "Your token is no text of 16 to 100 letters, digits, `-` and `_`. It travels in a header and stands in a key; take "
        "what your language's library for secrets makes"
    )
    return token


def ask_me(service, token, method="GET"):
    """Send a request to /me with this session."""
    return service.request(method, "/me", headers={"authorization": f"Bearer {token}"})


def require_me(service, token, name, why):
    """See that a session is known, and whose it is."""
    answer = ask_me(service, token)
    require_status(answer, 200, why)
    require_type(answer)
    require_equal(
        read_object(answer, name="a text")["name"],
        name,
        "Your service takes the listener of this session for somebody else",
    )


def read_lifetime(redis, key, why):
    """Read how many seconds a key still has; one without an end has infinitely many."""
    left = redis.execute("PTTL", key)
    assert isinstance(left, int) and left != -2, f"There is no key `{key}` in Redis. {why}"
    return float("inf") if left == -1 else left / 1000


# Who is listening


def read_online(service):
    """Read the names of those who are there."""
    answer = service.get("/online")
    require_status(answer, 200, "Whoever asks is told who is there, also if it is nobody")
    require_type(answer)
    return read_object(answer, online="a list")["online"]


def hear_of(redis, name, seconds_ago):
    """Write down that somebody was last heard of so long ago."""
    redis.execute("ZADD", "online", time.time() - seconds_ago, name)


def read_age(redis, name, why):
    """Read how many seconds ago somebody was last heard of, as the sorted set has it."""
    score = redis.execute("ZSCORE", "online", name)
    assert score is not None, f"`{name}` is not in the sorted set `online`. {why}"
    try:
        return time.time() - float(score)
    except (TypeError, ValueError):
        return float("inf")


# Wishes


def wish(service, phone, song):
    """Send a wish."""
    return service.post("/wishes", json={"phone": phone, "song": song})


def require_taken(answer, why):
    """See that a wish was taken; return how many wait."""
    require_status(answer, 202, why)
    require_type(answer)
    return read_object(answer, waiting="a whole number")["waiting"]


def read_wish(answer, why):
    """Read a wish that was handed out."""
    require_status(answer, 200, why)
    require_type(answer)
    document = read_object(answer, phone="a text", song="a text")
    return document["phone"], document["song"]


# Copies


def start_copies(balancer, random):
    """Start two copies of the service, each in a sandbox of its own; return them in any order."""
    balancer.start(replicas=2)
    return random.sample(balancer.replicas, 2)


def ask_at_once(redis, copies, path, bodies):
    """Send a POST to each copy, and let none write before all want to; return the answers."""
    with redis.held_writes() as writes:
        sent = [
            copy.send("POST", path, **({} if body is None else {"json": body}))
            for copy, body in zip(copies, bodies, strict=True)
        ]
        writes.wait_for(len(sent))
    return [each.answer() for each in sent]

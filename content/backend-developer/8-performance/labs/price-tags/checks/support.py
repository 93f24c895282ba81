"""What checks of several tasks use: made-up skus, a supplier that sells them, and what prices look like.

Each check meets a service that was just started, an empty Redis and a supplier that sells nothing yet. All ask
for `redis` and `upstream`, since a service may need both to start. Where two copies run, they share these two
and no file: that is what tells a cache in Redis from one beside it.
"""

import string

from milepost.engine.checks import Reply, ServiceTimedOut
from milepost.engine.checks.answers import read_object, require_json_type, require_status, require_type

LATEST_SECONDS = 8  # the brief says 5; three are for a machine that has other things to do
PRICE_SECONDS = 60
UNKNOWN_SECONDS = 10
LONGEST_SECONDS = 3600
SOLD = "The supplier sells it"


def make_up_skus(random, count):
    """Make up so many different skus."""
    skus = set()
    while len(skus) < count:
        letters = "".join(
            random.choice(string.ascii_uppercase) for _ in range(random.randint(2, 8))
        )
        skus.add(f"{letters}{random.randint(1, 9999)}")
    return sorted(skus)


def make_up_price(random):
    """Make up a price that no check has drawn before, or nearly so; a number would lose its last digit."""
    return f"{random.randint(1, 9999)}.{random.randint(0, 9)}0"


def make_up_answer(random, sku, price):
    """Make up the supplier's good answer: more stands in it than anybody may see."""
    purchase = f"{random.randint(1, 9999)}.{random.randint(0, 9)}0"
    return Reply(
        json={"sku": sku, "price": price, "purchase": purchase, "batch": random.randint(1, 99)}
    )


def sell(upstream, random, sku, *failures):
    """Let the supplier sell something from now on, after these failures; return its price."""
    price = make_up_price(random)
    upstream.reply("GET", f"/prices/{sku}", *failures, make_up_answer(random, sku, price))
    return price


def count_calls(upstream, sku):
    """Count the calls for one sku so far."""
    return len(upstream.calls_to("GET", f"/prices/{sku}"))


def ask(service, sku):
    """Ask for one price."""
    return service.get(f"/prices/{sku}")


def ask_in_time(service, sku):
    """Ask for one price, and see that an answer comes in the time that the brief gives."""
    try:
        return service.get(f"/prices/{sku}", seconds=LATEST_SECONDS)
    except ServiceTimedOut:
        answer = None
    assert answer is not None, (
        "Your service did not answer within 5 seconds, nor in three more. A service that waits for one that never "
        "finishes keeps its own callers waiting as well; end each wait for the supplier and for Redis after a time of your choice"
    )
    return answer


def read_price(answer, why):
    """Read the price of an answer; the message begins with the status that came instead."""
    require_status(answer, 200, why)
    require_type(answer)
    return read_object(answer, "price")["price"]


def require_price(answer, expected, why, wrong=""):
    """See that an answer shows this price."""
    price = read_price(answer, why)
    assert price is not None, f"Your service showed no price, but null. {why}"
    require_json_type(price, "price", "a text", "The supplier gave a text; as a number, 12.90 becomes 12.9. Hand on the text as it came")
    assert price == expected, (
        f"Your service showed another price than the supplier gave. {wrong or 'Show what it gave, for each sku its own'}"
    )


def require_stale(answer, expected, why):
    """See that an answer tells whether its price is old."""
    stale = read_object(answer, stale="true or false")["stale"]
    assert stale is expected, (
        f"Your answer to `{answer.title}` has another `stale` than {'true' if expected else 'false'}. {why}"
    )


def read_prices(answer, why):
    """Read a list of prices as pairs of sku and price."""
    require_status(answer, 200, why)
    require_type(answer)
    items = read_object(answer, prices="a list")["prices"]
    assert all(isinstance(item, dict) and "sku" in item and "price" in item for item in items), (
        "Your `prices` holds something without `sku` or `price`. A sku that has no price stands there with null; send "
        "for each what it would be answered with alone"
    )
    return [(item["sku"], item["price"]) for item in items]


def start_copies(balancer, random):
    """Start two copies of the service, each in a sandbox of its own; return them in any order."""
    balancer.start(replicas=2)
    return random.sample(balancer.replicas, 2)


def require_calls(upstream, sku, expected, why):
    """See that the supplier was called so often for one sku; the reason speaks of calls that were too many."""
    count = count_calls(upstream, sku)
    too_few = (
        "Only the supplier knows about it, so look at where your answer came from"
        if count == 0
        else f"A failure is tried again, up to {expected} calls in all for one question"
    )
    assert count == expected, (
        f"Your service made {count} {'call' if count == 1 else 'calls'} for `{sku}` so far, and {expected} "
        f"{'was' if expected == 1 else 'were'} due. {too_few if count < expected else why}"
    )


def read_lifetime(redis, sku, why):
    """Read how many seconds the key of a sku still has; one without an end has infinitely many."""
    left = redis.execute("PTTL", f"price:{sku}")
    assert left != -2, f"Your service left no key `price:{sku}` in Redis. {why}"
    return float("inf") if left == -1 else left / 1000



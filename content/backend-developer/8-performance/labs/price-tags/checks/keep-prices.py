"""Checks of what is kept in Redis, for how long, and what happens without it. Every sku and price is made up from the seed of the run."""

import time

from milepost.engine.checks import Reply, check
from milepost.engine.checks.answers import require_problem, require_status

from checks.support import (
    LONGEST_SECONDS,
    PRICE_SECONDS,
    SOLD,
    UNKNOWN_SECONDS,
    ask,
    ask_in_time,
    count_calls,
    make_up_skus,
    read_lifetime,
    read_price,
    require_calls,
    require_price,
    sell,
    start_copies,
)


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_a_price_that_is_kept_makes_no_call(service, redis, upstream, random):
    """A price that is kept makes no call, also after a restart"""
    prices = {sku: sell(upstream, random, sku) for sku in make_up_skus(random, 2)}

    for again in range(3):
        if again == 2:
            service.restart()
        for sku, price in prices.items():
            require_price(ask(service, sku), price, SOLD)
            require_calls(
                upstream,
                sku,
                1,
                "It was asked for before, and kept for a minute. Each call costs time and money; look into Redis first, where "
                "a restart does no harm",
            )


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_a_price_that_one_copy_kept_is_known_to_the_other(balancer, redis, upstream, random):
    """A price that one copy of the service has kept is known to the other"""
    first, second = start_copies(balancer, random)
    sku = make_up_skus(random, 1)[0]
    price = sell(upstream, random, sku)
    require_price(ask(first, sku), price, SOLD)

    require_price(ask(second, sku), price, SOLD)
    require_calls(
        upstream,
        sku,
        1,
        "Another copy of your service had asked for it, and this one asked again. Copies share neither memory nor "
        "files; keep in Redis all that an answer needs, the price itself too",
    )


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_what_is_kept_has_an_end(service, redis, upstream, random):
    """Every key has an end, and after it the supplier is asked again"""
    sku = make_up_skus(random, 1)[0]
    old = sell(upstream, random, sku)
    require_price(ask(service, sku), old, SOLD)

    seconds = read_lifetime(
        redis,
        sku,
        "A price is kept there for a minute, so that the next one who asks makes no call",
    )
    assert PRICE_SECONDS - 20 <= seconds <= PRICE_SECONDS, (
        "Your key of a price does not live for 60 seconds. What lives longer, or for ever, shows prices that are wrong by "
        "then; what lives shorter makes calls for nothing. Say the lifetime when you set the key"
    )
    lifetimes = redis.lifetimes().values()
    assert all(left is not None and left <= LONGEST_SECONDS for left in lifetimes), (
        "Your service keeps a key for more than an hour, or for ever. Redis fills up with what nobody asks for any more, and "
        "one day refuses to keep anything; give every key a lifetime"
    )

    redis.delete(f"price:{sku}")
    new = sell(upstream, random, sku)
    require_price(
        ask(service, sku), new, SOLD, "Its key is gone; keep no second copy that outlives it"
    )


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_what_is_not_sold_is_kept_for_a_shorter_time(balancer, redis, upstream, random):
    """That something is not sold is kept too, for a shorter time"""
    first, second = start_copies(balancer, random)
    sku = make_up_skus(random, 1)[0]
    for copy in (first, second):
        require_problem(ask(copy, sku), 404, "The supplier does not sell it")
        require_calls(
            upstream,
            sku,
            1,
            "A `404` is an answer like a price: it is not tried again, and is kept in Redis for 10 seconds, for all copies. A "
            "screen with a typo asks all day long",
        )
    seconds = read_lifetime(
        redis, sku, "That it is not sold is known now, and is kept where a price would be"
    )
    assert UNKNOWN_SECONDS - 7 <= seconds <= UNKNOWN_SECONDS, (
        "Your service does not keep for 10 seconds that something is not sold. What is missing is added sooner than a price "
        "changes, and until then nobody can see it; give it a shorter lifetime than a price, and no shorter one"
    )

    redis.delete(f"price:{sku}")
    price = sell(upstream, random, sku)
    require_price(ask(second, sku), price, "It is sold now, and no key says otherwise")
    redis.delete(f"price:{sku}")
    upstream.reply("GET", f"/prices/{sku}", Reply(404))
    require_problem(
        ask(second, sku),
        404,
        "The supplier has stopped selling it; the last price is for the days on which it fails",
    )


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_a_crowd_makes_one_call(service, redis, upstream, random):
    """Many who ask for one price at once make one call"""
    kept, wanted = make_up_skus(random, 2)
    prices = {sku: sell(upstream, random, sku) for sku in (kept, wanted)}
    require_price(ask(service, kept), prices[kept], SOLD)

    began = time.monotonic()
    with upstream.held():
        sent = [service.send("GET", f"/prices/{wanted}") for _ in range(random.randint(6, 10))]
        upstream.wait_for_calls(2)
        for _ in range(3):
            read_price(ask(service, kept), "It is kept, so no one has to wait for the supplier")
    held = time.monotonic() - began
    for each in sent:
        require_price(each.answer(), prices[wanted], "One call was made for the whole crowd")
    why = (
        f"{len(sent)} asked for it at once, when it wasn't kept. If each finds nothing in Redis and calls for itself, the "
        "supplier is overrun whenever a wanted price runs out; remember who is asking already, and let the others wait for that"
    )
    # Where a busy machine held the call for nearly a second, a right service may have tried again.
    most = 1 if held < 0.8 else 3
    count = count_calls(upstream, wanted)
    assert count <= most, f"Your service made {count} calls for `{wanted}`, and 1 was due. {why}"


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_a_price_that_changed_is_asked_for_anew(service, redis, upstream, random):
    """A refresh drops one price, and no other"""
    changed, other = make_up_skus(random, 2)
    old = {sku: sell(upstream, random, sku) for sku in (changed, other)}
    for sku, price in old.items():
        require_price(ask(service, sku), price, SOLD)

    new = sell(upstream, random, changed)
    answer = service.post(f"/prices/{changed}/refresh")
    require_status(answer, 204, "It was asked to forget, and has nothing to tell")
    require_price(
        ask(service, changed),
        new,
        SOLD,
        "You were told that it has changed. A lifetime bounds how long you are wrong when nobody tells you; when somebody "
        "does, drop what is kept",
    )
    require_price(ask(service, other), old[other], SOLD)
    require_calls(
        upstream, other, 1, "Another price has changed, not this one; drop one key, not all"
    )


@check(task="keep-prices", objectives=["performance.external-caching"])
def test_prices_are_shown_without_redis(service, redis, upstream, random):
    """Without Redis, prices come from the supplier"""
    first, second, third = make_up_skus(random, 3)
    prices = {sku: sell(upstream, random, sku) for sku in (first, second, third)}
    require_price(ask(service, first), prices[first], SOLD)

    known = "and the supplier knows the price. A cache that is away is a cache that is empty"
    redis.kill_connections()
    require_price(ask_in_time(service, second), prices[second], f"Redis hung up, {known}")
    redis.pause()
    require_price(ask_in_time(service, third), prices[third], f"Redis is silent, {known}")
    redis.resume()
    redis.stop()
    for _ in range(2):
        require_price(ask_in_time(service, first), prices[first], f"Redis is gone, {known}")

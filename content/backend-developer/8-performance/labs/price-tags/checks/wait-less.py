"""Checks of how long anybody waits, and for what. Every sku and price is made up from the seed of the run."""

import contextlib
import time

from milepost.engine.checks import Reply, UpstreamNotCalled, check
from milepost.engine.checks.answers import require_problem

from checks.support import SOLD, ask, ask_in_time, make_up_skus, read_prices, require_calls, require_price, sell


@check(task="wait-less", objectives=["performance.network-bottlenecks"])
def test_a_silent_supplier_is_not_waited_for_without_end(service, redis, upstream, random):
    """A slow supplier is waited for, a silent one not without end"""
    slow, silent = make_up_skus(random, 2)
    price = sell(upstream, random, slow)
    upstream.reply("GET", f"/prices/{silent}", Reply.silent())

    with upstream.held():
        sent = service.send("GET", f"/prices/{slow}")
        upstream.wait_for_calls(1)
        time.sleep(0.3)  # so long the supplier thinks, and nothing else is waited for
    require_price(
        sent.answer(), price, "The supplier took less than a second, and that is waited for"
    )
    require_calls(
        upstream, slow, 1, "It came within a second, and calling again makes a slow service slower"
    )
    require_problem(
        ask_in_time(service, silent),
        502,
        "The supplier said nothing, and there is no last price to show",
    )


@check(task="wait-less", objectives=["performance.network-bottlenecks"], hidden=True)
def test_an_answer_without_end_is_broken_off(service, redis, upstream, random):
    """An answer that begins and never ends is broken off"""
    known, endless = make_up_skus(random, 2)
    price = sell(upstream, random, known)
    upstream.reply("GET", f"/prices/{endless}", Reply.endless())

    require_price(ask(service, known), price, SOLD)
    require_problem(
        ask_in_time(service, endless), 502, "The answer never came to its end, so it is none"
    )


@check(task="wait-less", objectives=["performance.network-bottlenecks"])
def test_a_list_is_asked_for_side_by_side(service, redis, upstream, random):
    """A list makes its calls side by side"""
    skus = make_up_skus(random, random.randint(5, 8))
    random.shuffle(skus)
    prices = [(sku, sell(upstream, random, sku)) for sku in skus]
    kept = random.choice(skus)
    require_price(ask(service, kept), dict(prices)[kept], SOLD)

    with upstream.held():
        sent = service.send("GET", "/prices", params={"sku": skus})
        with contextlib.suppress(UpstreamNotCalled):
            upstream.wait_for_calls(len(skus), seconds=1.5)
        asked = {call.path for call in upstream.calls}
    assert len(asked) == len(skus), (
        f"Your service had asked for {len(asked)} of {len(skus)} prices while the supplier answered none. Waits that follow "
        "one another add up, and waits side by side cost as much as the longest; begin all calls, and then wait for all"
    )
    found = read_prices(sent.answer(), "The supplier sells all of it")
    assert found == prices, (
        "Your list is not what was asked for, in the order in which it was asked. Calls that go side by side come back in any "
        "order; put each where it belongs"
    )
    require_calls(
        upstream, kept, 1, "It was kept when the list came, and what is kept needs no call"
    )


@check(task="wait-less", objectives=["performance.network-bottlenecks"])
def test_calls_travel_over_a_connection_that_is_kept(service, redis, upstream, random):
    """Calls that follow one another travel over one connection"""
    skus = make_up_skus(random, random.randint(6, 9))
    for sku in skus:
        price = sell(upstream, random, sku)
        require_price(ask(service, sku), price, SOLD)

    connections = {call.connection for call in upstream.calls}
    assert len(connections) <= 2, (
        f"Your service opened {len(connections)} connections for {len(skus)} calls that followed one another. Each costs a "
        "round trip or more before the first byte; make one client when you start, and read each answer to its end so that "
        "its connection is free again"
    )

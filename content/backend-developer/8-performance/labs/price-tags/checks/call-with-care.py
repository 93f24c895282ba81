"""Checks of what happens on the supplier's bad days. Every sku and price is made up from the seed of the run."""

from milepost.engine.checks import Reply, check
from milepost.engine.checks.answers import read_object, require_problem
from milepost.engine.checks.cases import cases

from checks.support import SOLD, ask, make_up_skus, require_calls, require_price, require_stale, sell, start_copies
from checks.support import make_up_price, read_prices


@check(task="call-with-care", objectives=["rest-apis.consuming-apis"])
def test_a_passing_fault_is_tried_again(service, redis, upstream, random):
    """What fails is tried again, three calls in all, and no more"""
    first, second, third = make_up_skus(random, 3)
    faults = [Reply(500), Reply.dropped()]
    random.shuffle(faults)
    price = sell(upstream, random, first, *faults)

    require_price(
        ask(service, first), price, "Two calls failed, the third is good, and three are allowed"
    )
    require_calls(upstream, first, 3, "Two failed and the third was good: a good answer ends it")

    gone = "The supplier failed each time, and there is no last price to show"
    upstream.reply("GET", f"/prices/{second}", Reply(random.choice([502, 503, 504])))
    require_problem(ask(service, second), 502, gone)
    require_calls(
        upstream,
        second,
        3,
        "Calls without end keep a service down that is down; make three, and then say that it failed",
    )

    upstream.reply("GET", f"/prices/{third}", Reply(random.choice([502, 503, 504])))
    require_problem(ask(service, third), 502, gone)
    price = sell(upstream, random, third)
    require_price(
        ask(service, third),
        price,
        "The supplier is well again. A failure tells nothing about a price; keep none, and ask again",
    )


@check(task="call-with-care", objectives=["rest-apis.consuming-apis"])
def test_a_refusal_is_not_tried_again(service, redis, upstream, random):
    """What was refused with a 4xx is not tried again"""
    known, *others = make_up_skus(random, 4)
    price = sell(upstream, random, known)
    require_price(ask(service, known), price, SOLD)

    for sku, status in zip(others, random.sample([400, 401, 403, 410, 422, 429], 3), strict=True):
        upstream.reply("GET", f"/prices/{sku}", Reply(status))
        require_problem(
            ask(service, sku),
            502,
            f"The supplier refused with {status}, which tells nothing about the price",
        )
        require_calls(
            upstream,
            sku,
            1,
            f"A {status} means that the call itself is wrong or unwelcome: the same call again will not "
            "be right, and may get your shop shut out",
        )


@check(task="call-with-care", objectives=["rest-apis.consuming-apis"], hidden=True)
def test_a_broken_answer_is_a_failure(service, redis, upstream, random):
    """An answer that is broken is a failure, and never kept"""
    price = make_up_price(random)
    broken = {
        "bytes that are no HTTP": Reply.garbage(),
        "a body that breaks off": Reply.cut_off(json={"price": price, "batch": "x" * random.randint(50, 99)}),
        "a page of HTML": Reply(text="<h1>We are moving house</h1>", headers={"content-type": "text/html"}),
        "an object without a price": Reply(json={"purchase": price}),
        "a price that is a number": Reply(json={"price": int(float(price))}),
        "a price without its cents": Reply(json={"price": price[:-3]}),
        "a price with three decimals": Reply(json={"price": f"{price}0"}),
        "a list": Reply(json=[price]),
        "a price that came with 202": Reply(202, json={"price": price}),
    }
    for (_, reply), sku in zip(cases(broken), make_up_skus(random, len(broken)), strict=True):
        upstream.reply("GET", f"/prices/{sku}", reply)
        require_problem(
            ask(service, sku),
            502,
            "What came was no good answer, and a screen must not show it as a price",
        )
        assert f"price:{sku}" not in redis.keys(), (
            "Your service kept something under the key of a price although the supplier gave none. It would be shown for "
            "a whole minute after it is well again; look at an answer before you keep it"
        )
        right = sell(upstream, random, sku)
        require_price(ask(service, sku), right, "The supplier gives good answers again")


@check(task="call-with-care", objectives=["rest-apis.consuming-apis"])
def test_the_last_price_is_shown_while_the_supplier_is_down(balancer, redis, upstream, random):
    """While the supplier is down, its last price is shown as stale, by every copy"""
    first, second = start_copies(balancer, random)
    known, unknown = make_up_skus(random, 2)
    price = sell(upstream, random, known)
    require_price(ask(first, known), price, SOLD)

    redis.delete(f"price:{known}")
    upstream.stop()
    answer = ask(second, known)
    require_price(
        answer,
        price,
        "The supplier is down, and another copy of your service had this price from it before: an old price is better "
        "than a dark screen, so keep the last one in Redis, where it outlives its minute and every copy finds it",
        "Show the last one that it gave, kept where it outlives its minute and every copy finds it",
    )
    require_stale(answer, True, "A reader of an old price must see that it may have changed")
    require_problem(
        ask(second, unknown), 502, "The supplier is down, and has never given this price"
    )

    upstream.start()
    new = sell(upstream, random, known)
    answer = ask(second, known)
    require_price(
        answer,
        new,
        "The supplier is back",
        "It is back, and an old price was a stopgap only; do not keep it as a fresh one, and ask each time",
    )
    require_stale(answer, False, "It has just come from the supplier, and the word is for old prices")


@check(task="call-with-care", objectives=["rest-apis.consuming-apis"], hidden=True)
def test_one_bad_sku_harms_no_list(service, redis, upstream, random):
    """In a list, a sku without a price harms no other"""
    skus = make_up_skus(random, 5)
    random.shuffle(skus)
    expected = [(sku, sell(upstream, random, sku)) for sku in skus]
    nowhere, failing = random.sample(range(5), 2)
    upstream.reply("GET", f"/prices/{skus[nowhere]}", Reply(404))
    upstream.reply("GET", f"/prices/{skus[failing]}", Reply(503))
    for index in (nowhere, failing):
        expected[index] = (skus[index], None)

    for _ in range(2):
        answer = service.get("/prices", params={"sku": skus})
        found = read_prices(answer, "Some of the prices are there, and the others are null")
        assert found == expected, (
            "Your list is not what each sku would have been answered with alone. A list is as good as its worst part, unless "
            "each part fails by itself; put null where there is no price, and the others where they were asked for"
        )
    stale = [item.get("stale") for item in read_object(answer)["prices"]]
    said = [each if isinstance(each, bool) else repr(each) for each in stale]  # 0 is not false
    assert said == [False] * 5, (
        "Your list calls something stale, or does not say of each whether it is. None of these is an old price; send false"
    )

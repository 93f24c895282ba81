"""Checks of the smallest service that is of use: one price, as the supplier gives it. Every sku and price is made up from the seed of the run."""

from milepost.engine.checks import Reply, check
from milepost.engine.checks.answers import read_object, require_problem

from checks.support import SOLD, ask, make_up_skus, require_price, require_stale, sell


@check(task="show-a-price", objectives=["rest-apis.consuming-apis"])
def test_a_price_is_shown_and_nothing_else(service, redis, upstream, random):
    """A price is shown as it is, and what else the supplier sends is not"""
    for sku in make_up_skus(random, 3):
        price = sell(upstream, random, sku)
        answer = ask(service, sku)
        require_price(answer, price, "The supplier sells it, and gave you the price")
        require_stale(answer, False, "It has just come from the supplier")
        assert read_object(answer) == {"sku": sku, "price": price, "stale": False}, (
            "Your answer is not the three fields of the brief. What a supplier sends is its own to change, and holds what no "
            "customer may see, such as the price at which the shop buys; pick what you need and make an answer of your own"
        )


@check(task="show-a-price", objectives=["rest-apis.consuming-apis"])
def test_what_is_not_sold_is_refused(service, redis, upstream, random):
    """What the supplier does not sell is refused with 404, and nothing else is"""
    sold, unsold = make_up_skus(random, 2)
    price = sell(upstream, random, sold)
    upstream.reply("GET", f"/prices/{unsold}", Reply(404))

    require_price(ask(service, sold), price, SOLD)
    require_problem(ask(service, unsold), 404, "The supplier does not sell it, and so do you not: your client asked for what is not there")

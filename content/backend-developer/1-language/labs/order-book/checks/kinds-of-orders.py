"""Checks of the three kinds of orders."""

from milepost.engine.checks import check

from checks.support import ANYTHING, NAMES, Raises, Step, let, make, run_steps


@check(task="kinds-of-orders", objectives=["language.inheritance"])
def test_each_kind_answers_for_itself(program, solution, random):
    """Each kind answers the three questions in its own way"""
    name, quantity, price = random.choice(NAMES), random.randint(5, 40), random.randint(100, 400)
    steps = []
    for kind in ("LimitOrder", "WholeOrder"):
        buyer, seller = f"buying_{kind.lower()}", f"selling_{kind.lower()}"
        steps += [let(buyer, make(kind, name, "buy", quantity, price)), let(seller, make(kind, name, "sell", quantity, price))]
        bounds = f"A `{kind}` trades at its own price or a better one: for a buyer that is a lower price, for a seller a higher one"
        steps += [Step(f"{buyer}.accepts({price + by})", by <= 0, bounds) for by in (-1, 0, 1)]
        steps += [Step(f"{seller}.accepts({price + by})", by >= 0, bounds) for by in (-1, 0, 1)]
    any_price = "A `MarketOrder` has no price of its own, and takes any: it is no `LimitOrder` with a very good one"
    steps += [let("market", make("MarketOrder", name, "buy", quantity))]
    steps += [Step(f"market.accepts({each})", True, any_price) for each in (1, price, 10**12)]
    for order, kind in (("buying_limitorder", "LimitOrder"), ("market", "MarketOrder"), ("selling_wholeorder", "WholeOrder")):
        few = 0 if kind == "WholeOrder" else quantity - 1
        amounts = f"See the table's second row for a `{kind}` that wants {quantity}"
        steps += [
            Step(f"isinstance({order}, Order)", True, f"A `{kind}` is a kind of `Order`, and has from it what all kinds share"),
            Step(f"{order}.wants({quantity - 1})", few, amounts),
            Step(f"{order}.wants({quantity})", quantity, amounts),
            Step(f"{order}.wants({quantity + 5})", quantity, amounts),
            Step(f"{order}.waits()", kind == "LimitOrder", f"See the table's third row for a `{kind}`"),
            Step(f"{order}.fill(2)", ANYTHING),
            Step(f"{order}.wants({quantity + 5})", quantity - 2, "Two crates were traded since, so it wants two less"),
        ]
    run_steps(program, solution, steps)


@check(task="kinds-of-orders", objectives=["language.inheritance"])
def test_every_kind_is_checked(program, solution, random):
    """Every kind refuses what makes no sense"""
    name, quantity, price = random.choice(NAMES), random.randint(5, 40), random.randint(100, 400)
    why = "The checks stand in one place, the constructor of `Order`, and each kind goes through it first: `super().__init__(…)`, `super(…)`"
    wrong = [
        make("MarketOrder", name, "hold", quantity),
        make("MarketOrder", name, "sell", 0),
        make("WholeOrder", name, "buy", -quantity, price),
        make("WholeOrder", name, "hold", quantity, price),
        make("WholeOrder", name, "buy", quantity, 0),
    ]
    run_steps(
        program,
        solution,
        [
            Step(make("MarketOrder", name, "sell", quantity) + ".remaining", quantity, "This order is right, and must not be refused"),
            Step(make("WholeOrder", name, "buy", quantity, price) + ".remaining", quantity, "This order is right, and must not be refused"),
            *[Step(f"{made}.remaining", Raises("OrderRefused"), why) for made in wrong],
        ],
    )

"""Checks of one order: what it is made with, what it refuses, and who may change it."""

from milepost.engine.checks import check

from checks.support import ANYTHING, NAMES, Raises, Step, draw_names, let, make, run_steps


def attempt(code):
    """Try something that may be refused or do nothing; what counts is how things are afterwards."""
    return Step(code, ANYTHING)


@check(task="an-order-is-right", objectives=["language.classes-and-objects"])
def test_an_order_holds_what_it_was_made_with(program, solution, random):
    """An order holds what it was made with, and each its own"""
    (first, second), quantity, price = draw_names(random, 2), random.randint(5, 40), random.randint(100, 400)
    why = "Each object keeps what it was made with: what belongs to one order is set in the constructor, on that object, not on the class"
    run_steps(
        program,
        solution,
        [
            let("one", make("LimitOrder", first, "buy", quantity, price)),
            let("other", make("LimitOrder", second, "sell", quantity + 3, price + 7)),
            Step("[one.name, one.side, one.price, one.remaining]", [first, "buy", price, quantity], why),
            Step("[other.name, other.side, other.price, other.remaining]", [second, "sell", price + 7, quantity + 3], why),
            Step(make("LimitOrder", first, "buy", 1, 1) + ".remaining", 1, "One crate for one cent is the smallest order, and a right one"),
        ],
    )


@check(task="an-order-is-right", objectives=["language.classes-and-objects", "language.error-handling"])
def test_a_wrong_order_is_never_made(program, solution, random):
    """A wrong order is never made: it is refused, by the market's own error"""
    name, quantity, price = random.choice(NAMES), random.randint(2, 40), random.randint(100, 400)
    why = "Where the constructor lets a wrong value in, all other code has to live with it: check each value there, its type as well, and refuse it"
    wrong = [
        f'LimitOrder("", "buy", {quantity}, {price})',
        f'LimitOrder(None, "buy", {quantity}, {price})',
        make("LimitOrder", name, "Buy", quantity, price),
        make("LimitOrder", name, "", quantity, price),
        make("LimitOrder", name, "buy", 0, price),
        make("LimitOrder", name, "sell", -random.randint(1, 9), price),
        make("LimitOrder", name, "buy", f"{quantity}.5", price),
        make("LimitOrder", name, "buy", f'"{quantity}"', price),
        make("LimitOrder", name, "sell", "None", price),
        make("LimitOrder", name, "sell", quantity, 0),
        make("LimitOrder", name, "buy", quantity, -price),
        make("LimitOrder", name, "buy", quantity, f"{price}.5"),
        make("LimitOrder", name, "sell", quantity, f'"{price}"'),
    ]
    run_steps(
        program,
        solution,
        [
            Step(make("LimitOrder", name, "sell", quantity, price) + ".remaining", quantity, "This order is right, and must not be refused"),
            *[Step(f"{made}.remaining", Raises("OrderRefused"), why) for made in wrong],
        ],
    )


@check(task="an-order-is-right", objectives=["language.classes-and-objects"])
def test_filling_takes_what_is_there(program, solution, random):
    """Filling takes off what is there, and what is refused changes nothing"""
    quantity, first = random.randint(12, 40), random.randint(3, 8)
    left = quantity - first
    why = "An order can give up what remains of it, in whole crates, and no more"
    same = "What is refused must leave the order as it was: check first, then change"
    steps = [
        let("order", make("LimitOrder", random.choice(NAMES), random.choice(["buy", "sell"]), quantity, random.randint(100, 400))),
        Step(f"order.fill({first})", ANYTHING),
        Step("order.remaining", left, f"Of {quantity} crates, {first} are traded"),
    ]
    for amount in (left + 1, 0, -2, 1.5, '"2"'):
        steps += [Step(f"order.fill({amount})", Raises("OrderRefused"), why), Step("order.remaining", left, same)]
    steps += [
        Step(f"order.fill({left})", ANYTHING),
        Step("order.remaining", 0, "All that remained is traded now, which leaves nothing"),
        Step("order.fill(1)", Raises("OrderRefused"), why),
        Step("order.remaining", 0, same),
    ]
    run_steps(program, solution, steps)


@check(task="an-order-is-right", objectives=["language.classes-and-objects"])
def test_nobody_writes_an_order_from_outside(program, solution, random):
    """Nobody sets an order's values from outside"""
    name, quantity, price = random.choice(NAMES), random.randint(2, 40), random.randint(100, 400)
    why = (
        "Somebody set it from outside, past every check of yours: keep the value in an attribute that is the object's own, and let others "
        "only read it, through a property in Python, through a `get` of a `#private` field in JavaScript"
    )
    run_steps(
        program,
        solution,
        [
            let("order", make("LimitOrder", name, "buy", quantity, price)),
            attempt("order.remaining = -5"),
            Step("order.remaining", quantity, why),
            attempt("order.price = 0"),
            Step("order.price", price, why),
            attempt('order.side = "sell"'),
            Step("order.side", "buy", why),
            attempt('order.name = ""'),
            Step("order.name", name, why),
        ],
    )


@check(task="an-order-is-right", objectives=["language.error-handling"])
def test_all_errors_are_of_one_family(program, solution):
    """All errors of the market are of one family, and can be told apart"""
    family = "Who says *whatever the market refuses* should catch it with one name, so both derive from `MarketError`"
    apart = "Who looks for the one must not catch the other: neither of the two derives from the other"
    run_steps(
        program,
        solution,
        [
            Step("issubclass(OrderRefused, MarketError)", True, family),
            Step("issubclass(OrderNotFound, MarketError)", True, family),
            Step("issubclass(MarketError, Exception)", True, "Only what derives from the language's own error can be raised and shown as one"),
            Step("issubclass(OrderNotFound, OrderRefused)", False, apart),
            Step("issubclass(OrderRefused, OrderNotFound)", False, apart),
        ],
    )

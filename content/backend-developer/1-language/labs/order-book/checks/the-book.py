"""Checks of the book, which trades orders of any kind."""

from milepost.engine.checks import check

from checks.support import ANYTHING, Raises, Step, draw_names, let, make, run_steps


def trade(buyer, seller, quantity, price):
    """Return a trade as the book tells it."""
    return {"buyer": buyer, "seller": seller, "quantity": quantity, "price": price}


def entry(name, quantity, price):
    """Return what the book tells of an order that waits."""
    return {"name": name, "quantity": quantity, "price": price}


def place(kind, name, side, *numbers):
    """Write how an order is placed."""
    return f"book.place({make(kind, name, side, *numbers)})"


@check(task="the-book", objectives=["language.classes-and-objects"])
def test_the_best_price_comes_first(program, solution, random):
    """The best price comes first, then who came first, at the price of the one that waited"""
    dear, early, late, taker = draw_names(random, 4)
    price, low, big = random.randint(200, 300), random.randint(3, 6), random.randint(7, 9)
    trades = "The best price comes first, of equal ones whoever came first, and each trade has the price of the order that waited"
    steps = []
    for side, other, better in (("sell", "buy", -1), ("buy", "sell", 1)):
        worse = price - 10 * better
        bought = [(early, low, price), (late, big, price), (dear, 2, worse)]
        names = [(taker, name) if other == "buy" else (name, taker) for name, _, _ in bought]
        steps += [
            let(f"{side}ers", "Book()"),
            *[
                Step(f"{side}ers.place({make('LimitOrder', name, side, quantity, at)})", [], "Nobody waits on the other side yet, so there is no trade")
                for name, quantity, at in [(dear, 5, worse), (early, low, price), (late, big, price)]
            ],
            Step(
                f'{side}ers.waiting("{side}")',
                [entry(early, low, price), entry(late, big, price), entry(dear, 5, worse)],
                f"Of those who {side}, the one with the {'lowest' if better < 0 else 'highest'} price comes first, and of equal ones whoever came first",
            ),
            Step(
                f"{side}ers.place({make('LimitOrder', taker, other, low + big + 2, worse)})",
                [trade(*both, quantity, at) for both, (_, quantity, at) in zip(names, bought, strict=True)],
                trades,
            ),
            Step(f'{side}ers.waiting("{side}")', [entry(dear, 3, worse)], "Who has traded all is gone, and of the last one a part is left"),
            Step(f'{side}ers.waiting("{other}")', [], "The new order got all that it wanted, so nothing of it waits"),
        ]
    run_steps(program, solution, steps)


@check(task="the-book", objectives=["language.inheritance"])
def test_what_is_left_waits_or_is_dropped(program, solution, random):
    """What is left of an order waits or is dropped, as its kind has it"""
    first, second, hasty, whole, keen = draw_names(random, 5)
    price, quantity = random.randint(200, 300), random.randint(4, 9)
    steps = [
        let("book", "Book()"),
        Step(place("MarketOrder", hasty, "buy", 3), [], "Nobody sells yet"),
        Step('book.waiting("buy")', [], "A `MarketOrder` waits for nobody: what is left of it is dropped"),
        Step(place("LimitOrder", first, "sell", quantity, price), [], "Nobody buys yet"),
        Step(place("LimitOrder", second, "sell", quantity, price + 20), [], "Nobody buys yet"),
        Step(
            place("WholeOrder", whole, "buy", quantity + 1, price),
            [],
            "At this price there are fewer crates than the whole order needs, so it gets none",
        ),
        Step('book.waiting("buy")', [], "A `WholeOrder` waits for nobody: it is dropped"),
        Step(
            'book.waiting("sell")',
            [entry(first, quantity, price), entry(second, quantity, price + 20)],
            "Nothing was traded, so all that waited waits as before",
        ),
        Step(
            place("WholeOrder", whole, "buy", quantity + 1, price + 20),
            [trade(whole, first, quantity, price), trade(whole, second, 1, price + 20)],
            "Both sellers together have enough for the whole order",
        ),
        Step(
            place("LimitOrder", keen, "buy", quantity + 3, price + 20),
            [trade(keen, second, quantity - 1, price + 20)],
            "It takes what is there",
        ),
        Step('book.waiting("buy")', [entry(keen, 4, price + 20)], "What is left of a `LimitOrder` waits"),
        Step(place("MarketOrder", hasty, "sell", 9), [trade(keen, hasty, 4, price + 20)], "It sells to whoever waits, and the rest is dropped"),
        Step('book.waiting("sell")', [], "What is left of a `MarketOrder` is dropped"),
    ]
    run_steps(program, solution, steps)


@check(task="the-book", objectives=["language.error-handling"])
def test_a_refusal_leaves_the_book_as_it_was(program, solution, random):
    """A refusal leaves the book as it was"""
    seller, buyer, nobody = draw_names(random, 3)
    price, quantity = random.randint(200, 300), random.randint(4, 9)
    twice = "An order of this name waits already, so the second one is refused, before it trades"
    steps = [
        let("book", "Book()"),
        Step(place("LimitOrder", seller, "sell", quantity, price), [], "Nobody buys yet"),
        Step(place("LimitOrder", buyer, "buy", quantity, price - 50), [], "The buyer pays less than the seller wants"),
        Step(place("LimitOrder", buyer, "buy", 2, price + 50), Raises("OrderRefused"), twice),
        Step(place("MarketOrder", seller, "buy", 2), Raises("OrderRefused"), twice),
        Step(f'book.cancel("{nobody}")', Raises("OrderNotFound"), "Who cancels an order that does not wait believes something wrong: tell them"),
        Step('book.waiting("sell")', [entry(seller, quantity, price)], "Nothing was done, so the book is as it was"),
        Step('book.waiting("buy")', [entry(buyer, quantity, price - 50)], "Nothing was done, so the book is as it was"),
        Step(f'book.cancel("{seller}")', ANYTHING),
        Step('book.waiting("sell")', [], "A cancelled order is out of the book"),
        Step(f'book.cancel("{seller}")', Raises("OrderNotFound"), "It was cancelled before, and waits no longer"),
        Step(place("LimitOrder", seller, "sell", 1, price), [], "Its name is free again"),
    ]
    run_steps(program, solution, steps)


@check(task="the-book", objectives=["language.classes-and-objects"], hidden=True)
def test_the_list_is_the_callers(program, solution, random):
    """What somebody does to the list that they asked for does nothing to the book, nor one book to another"""
    seller, buyer = draw_names(random, 2)
    price, quantity = random.randint(200, 300), random.randint(4, 9)
    why = "The book handed out a list of its own, and somebody emptied it: return a new list each time"
    run_steps(
        program,
        solution,
        [
            let("book", "Book()"),
            let("empty", "Book()"),
            Step(place("LimitOrder", seller, "sell", quantity, price), [], "Nobody buys yet"),
            Step('book.waiting("sell").pop()', ANYTHING),
            Step('book.waiting("sell")', [entry(seller, quantity, price)], why),
            Step('empty.waiting("sell")', [], "Another book has orders of its own: make its lists in the constructor"),
            Step(place("MarketOrder", buyer, "buy", quantity), [trade(buyer, seller, quantity, price)], why),
        ],
    )


STRANGERS = {
    "python": """class RoundOrder(LimitOrder):
    \"\"\"Trades at round prices only, and waits.\"\"\"

    def accepts(self, price):
        return price % 10 == 0 and super().accepts(price)


class Nibbler(Order):
    \"\"\"Trades at any price, three crates at a time, now or never.\"\"\"

    def accepts(self, price):
        return True

    def wants(self, available):
        return min(self.remaining, available, 3)

    def waits(self):
        return False


""",
    "node": """/** Trades at round prices only, and waits. */
class RoundOrder extends LimitOrder {
  accepts(price) {
    return price % 10 === 0 && super.accepts(price);
  }
}

/** Trades at any price, three crates at a time, now or never. */
class Nibbler extends Order {
  accepts(price) {
    return true;
  }

  wants(available) {
    return Math.min(this.remaining, available, 3);
  }

  waits() {
    return false;
  }
}

""",
}


@check(task="the-book", objectives=["language.inheritance"], hidden=True)
def test_a_kind_never_seen_before_is_served(program, solution, random):
    """A kind of order that the book has never heard of is served as it asks to be"""
    odd, even, picky, small, late = draw_names(random, 5)
    price, quantity = random.randint(20, 30) * 10, random.randint(5, 9)
    why = "Next year's kinds answer the same three questions. Ask the order what it accepts, wants and waits for, and never which kind it is"
    run_steps(
        program,
        solution,
        [
            let("book", "Book()"),
            Step(place("LimitOrder", odd, "sell", quantity, price - 5), [], "Nobody buys yet"),
            Step(place("LimitOrder", even, "sell", quantity, price), [], "Nobody buys yet"),
            Step(place("RoundOrder", picky, "buy", quantity + 2, price + 5), [trade(picky, even, quantity, price)], why),
            Step('book.waiting("buy")', [entry(picky, 2, price + 5)], why),
            Step(place("Nibbler", small, "buy", quantity), [trade(small, odd, 3, price - 5)], why),
            Step('book.waiting("buy")', [entry(picky, 2, price + 5)], why),
            Step(place("MarketOrder", late, "sell", 2), [trade(picky, late, 2, price + 5)], why),
        ],
        STRANGERS,
    )


FAULTY = {
    "python": """class FaultyOrder(LimitOrder):
    \"\"\"Its author made a mistake.\"\"\"

    def accepts(self, price):
        return 100 / (price - price) > 1


""",
    "node": """/** Its author made a mistake. */
class FaultyOrder extends LimitOrder {
  accepts(price) {
    return price.inCents.isRound();
  }
}

""",
}


@check(task="the-book", objectives=["language.error-handling"], hidden=True)
def test_a_mistake_is_not_taken_for_a_refusal(program, solution, random):
    """An order's own mistake passes through, and is not taken for a refusal"""
    seller, buyer = draw_names(random, 2)
    price = random.randint(200, 300)
    kind = {"node": "TypeError"}.get(solution.language, "ZeroDivisionError")
    run_steps(
        program,
        solution,
        [
            let("book", "Book()"),
            Step(place("LimitOrder", seller, "sell", 3, price), [], "Nobody buys yet"),
            Step(
                place("FaultyOrder", buyer, "buy", 3, price),
                Raises(kind),
                "The mistake is in the order's code, and who caught it here would hide it from its author: catch only what you can do something about",
            ),
            Step('book.waiting("sell")', [entry(seller, 3, price)], "Nothing was traded"),
        ],
        FAULTY,
    )

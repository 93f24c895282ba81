"""Checks of the payments. All amounts, ids and rates are drawn from the seed of the run.

Which payments are good is known from how they were drawn, never from reading an amount.
"""

from milepost.engine.checks import SolutionRaised, check

CURRENCIES = ["CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "ISK", "NOK", "PLN", "SEK"]
WORDS = ["n/a", "unknown", "-", "???", "twelve", "see note"]


def draw_rates(random):
    """Draw our own table, which has some currencies and lacks others."""
    return {currency: random.randint(2, 150) for currency in random.sample(CURRENCIES, 4)}


def draw_payments(random, rates, *, bad=()):
    """Draw good payments with some bad amounts among them: all payments, the total, and the ids of the bad ones.

    The first and the last payment are good.
    """
    good = [random.randint(1, 900) for _ in range(random.randint(4, 7))]
    amounts = [(str(number), number) for number in good]
    for text in bad:
        amounts.insert(random.randint(1, len(amounts) - 1), (text, None))
    payments, total, unreadable = [], 0, []
    ids = random.sample(range(1000, 10000), len(amounts))
    for number, (text, amount) in zip(ids, amounts, strict=True):
        payment = {"id": f"p{number}", "amount": text, "currency": random.choice(list(rates))}
        payments.append(payment)
        if amount is None:
            unreadable.append(payment["id"])
        else:
            total += amount * rates[payment["currency"]]
    return payments, total, unreadable


def draw_words(random):
    """Draw texts in which no number is to be seen."""
    return random.sample(WORDS, random.randint(2, 4))


def read(solution, payments, rates, key):
    """Ask the learner's function, and return one of the two things that it found."""
    try:
        found = solution.call("total_payments", payments, rates)
    except SolutionRaised as error:
        said = f": {error.message[:120]}" if error.message else ""
        raise SolutionRaised(
            f"Your function raised `{error.type}{said}`, so nobody gets a total. Every rate is there, and a bad amount is"
            " daily life. The last line of the traceback that names your file is the place: expect this error there",
            type=error.type,
            message=error.message,
            traceback=error.detail,
        ) from error
    assert isinstance(found, dict), "What comes back is a record with the keys `total` and `unreadable`"
    assert set(found) == {"total", "unreadable"}, "The record has the keys `total` and `unreadable`"
    return found[key]


@check(task="be-ready-for-bad-payments", objectives=["language.error-handling"])
def test_good_payments_are_added_up(solution, random):
    """Good payments are added up in cents"""
    rates = draw_rates(random)
    payments, total, _ = draw_payments(random, rates)

    assert read(solution, payments, rates, "total") == total, (
        "Each amount becomes a number, is multiplied with the rate of its currency, and is added to the total"
    )


@check(task="be-ready-for-bad-payments", objectives=["language.error-handling"])
def test_bad_payment_does_not_stop_the_others(solution, random):
    """A bad payment is left out, and the others are added up all the same"""
    rates = draw_rates(random)
    payments, total, _ = draw_payments(random, rates, bad=draw_words(random))

    assert read(solution, payments, rates, "total") == total, (
        "Good payments come before a bad one and behind it, and all of them count. One bad amount is daily life,"
        " and no reason to stop or to spoil the sum"
    )


@check(task="be-ready-for-bad-payments", objectives=["language.error-handling"])
def test_what_is_left_out_is_named(solution, random):
    """What was left out is named, in order"""
    rates = draw_rates(random)
    payments, _, unreadable = draw_payments(random, rates, bad=draw_words(random))

    assert read(solution, payments, rates, "unreadable") == unreadable, (
        "A total that leaves something out in silence claims to know more than it does. The ids let somebody ask"
        " the partner"
    )


@check(task="be-ready-for-bad-payments", objectives=["language.error-handling"])
def test_almost_a_number_is_left_out_too(solution, random):
    """What only looks like a number is left out and named too"""
    rates = draw_rates(random)
    number = random.randint(10, 99)
    almost = ["", f"{number}.5", f"{number} EUR"]
    random.shuffle(almost)
    payments, _, unreadable = draw_payments(random, rates, bad=almost)

    assert read(solution, payments, rates, "unreadable") == unreadable, (
        "Nothing at all, half a number and a number with something behind it are no whole numbers. Ask what your"
        " conversion makes of each: some take more than you mean, and an empty text for 0"
    )


@check(task="be-ready-for-bad-payments", objectives=["language.error-handling"])
def test_gap_in_our_table_is_raised(solution, random):
    """A currency that our own table lacks stops it, with an error that names the currency"""
    rates = draw_rates(random)
    payments, total, _ = draw_payments(random, rates)
    missing = payments[random.randint(1, len(payments) - 1)]["currency"]

    assert read(solution, payments, rates, "total") == total, "As long as no rate is missing, nothing is to be raised"

    del rates[missing]
    outcome, message = "it returned", ""
    try:
        solution.call("total_payments", payments, rates)
    except SolutionRaised as error:
        outcome, message = "it raised", error.message
    assert outcome == "it raised", (
        f"There is no rate for {missing}, and your function returned as if all was well. Nobody can read off a total that"
        " it is wrong. An error that you have no plan for has to get through to the caller"
    )
    assert missing in message, (
        "The error doesn't name the currency, so whoever reads it at night has to search for it"
    )

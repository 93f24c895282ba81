"""Checks of payments, alone and at once. Purses and tokens are drawn from the seed of the run; what happens at once is made to happen by a lock."""

from milepost.engine.checks import Rows, check
from milepost.engine.checks.answers import require_status


def fill(postgres, purses):
    """Fill purses: tokens by number."""
    for purse, tokens in purses.items():
        postgres.execute("INSERT INTO purses VALUES (%s, %s)", [purse, tokens])


def say(sender, receiver, tokens):
    """Say a payment as a request has it."""
    return {"sender": sender, "receiver": receiver, "tokens": tokens}


def require_purses(postgres, expected, why):
    """See what is in each purse."""
    found = postgres.rows("SELECT id, tokens FROM purses ORDER BY id")
    assert found == Rows(("id", "tokens"), sorted(expected.items())), why


def require_payments(postgres, expected, why):
    """See which payments were written down."""
    found = postgres.rows("SELECT sender, receiver, tokens FROM payments ORDER BY id")
    assert found == Rows(("sender", "receiver", "tokens"), [tuple(each.values()) for each in expected]), why


def pay_at_once(service, postgres, payment, count):
    """Let so many guests pay while the sender's purse is held; return the statuses, sorted."""
    other = postgres.session()
    other.execute("BEGIN")
    other.execute("SELECT tokens FROM purses WHERE id = %s FOR UPDATE", [payment["sender"]])
    sent = [service.send("POST", "/payments", json=payment) for _ in range(count)]
    postgres.wait_until_blocked(count)
    other.execute("COMMIT")
    return sorted(int(each.answer().status_code) for each in sent)


@check(task="pay-in-one-piece", objectives=["databases.transactions"])
def test_a_payment_moves_tokens(service, postgres, random):
    """A payment moves tokens, and is written down"""
    sender, receiver, other = random.sample(range(1, 99), 3)
    fill(postgres, {sender: 50, receiver: 7, other: 9})
    payments = [say(sender, receiver, random.randint(1, 20)), say(receiver, sender, 2), say(other, sender, 9)]
    for payment in payments:
        answer = service.post("/payments", json=payment)
        require_status(answer, 201, "The sender has enough, all of it counts, and both purses are there")
        assert answer.json() == payment, "Your answer should show the payment as it was sent"
    tokens = payments[0]["tokens"]
    require_purses(postgres, {sender: 50 - tokens + 2 + 9, receiver: 7 + tokens - 2, other: 0}, (
        "Three payments were made, one after the other, and the purses don't hold what is left then"
    ))
    require_payments(postgres, payments, "Three payments were made, and `payments` should have a row of each")


@check(task="pay-in-one-piece", objectives=["databases.transactions"])
def test_what_cannot_be_paid_changes_nothing(service, postgres, random):
    """What can't be paid is refused, and changes nothing"""
    sender, receiver, nobody = random.sample(range(1, 99), 3)
    purses = {sender: random.randint(10, 30), receiver: 7}
    fill(postgres, purses)
    for status, payment in [(409, say(sender, receiver, purses[sender] + 1)), (404, say(sender, nobody, 5)), (404, say(nobody, receiver, 5))]:
        require_status(service.post("/payments", json=payment), status, (
            "There are fewer tokens in the purse than that" if status == 409 else f"Purse {nobody} is not there; an UPDATE that finds no row raises no error, so look at how many it has changed"
        ))
        require_purses(postgres, purses, "The payment was refused, and tokens have moved all the same. What was done before the refusal has to be undone with it")
    require_payments(postgres, [], "Nothing was paid, and `payments` has a row")


@check(task="pay-in-one-piece", objectives=["databases.transactions"])
def test_a_payment_happens_as_a_whole_or_not_at_all(service, postgres, random):
    """If one step is refused by the database, none has happened"""
    sender, receiver = random.sample(range(1, 99), 2)
    purses = {sender: random.randint(30, 60), receiver: 7}
    fill(postgres, purses)
    postgres.execute("ALTER TABLE payments ADD CONSTRAINT the_book_is_full CHECK (tokens < 20)")
    answer = service.post("/payments", json=say(sender, receiver, 20))
    require_status(answer, 500, "The database refused to write the payment down, and an error that nobody catches is a 500")
    require_purses(postgres, purses, (
        "The payment could not be written down, and the tokens have moved all the same. Until COMMIT nothing has happened; put all steps between one BEGIN and"
        " one COMMIT, on one connection"
    ))
    answer = service.post("/payments", json=say(sender, receiver, 19))
    require_status(answer, 201, "This one can be written down, so a payment that failed before is no hindrance")
    require_purses(postgres, {sender: purses[sender] - 19, receiver: 26}, "After a payment that failed, one was made, and the purses should show this one alone")


@check(task="pay-in-one-piece", objectives=["databases.transactions"])
def test_no_token_is_lost_when_many_pay_at_once(service, postgres, random):
    """Four payments at once are four payments"""
    sender, receiver = random.sample(range(1, 99), 2)
    each = random.randint(5, 12)
    fill(postgres, {sender: 4 * each + 3, receiver: 7})
    payment = say(sender, receiver, each)
    statuses = pay_at_once(service, postgres, payment, 4)
    assert statuses == [201] * 4, "There is enough for all four, and they came at once. Not all could pay"
    require_purses(postgres, {sender: 3, receiver: 7 + 4 * each}, (
        "Four payments were answered with 201, and tokens are missing, or are there twice. All four read the same number, and each wrote what it had worked out"
        " from that. Let the database work it out (`tokens = tokens - …`), or lock the row as you read it (`FOR UPDATE`)"
    ))
    require_payments(postgres, [payment] * 4, "Four payments were made, and `payments` should have a row of each")


@check(task="pay-in-one-piece", objectives=["databases.transactions"])
def test_no_token_is_spent_twice(service, postgres, random):
    """Of four at once, as many can pay as there is for"""
    sender, receiver = random.sample(range(1, 99), 2)
    each = random.randint(10, 20)
    fill(postgres, {sender: 2 * each + 1, receiver: 7})
    statuses = pay_at_once(service, postgres, say(sender, receiver, each), 4)
    assert statuses == [201, 201, 409, 409], (
        "There was enough for two of four payments that came at once: two are 201, two 409. What was read before somebody else has paid is stale; put the condition into"
        " the UPDATE, or lock the row before you look"
    )
    require_purses(postgres, {sender: 1, receiver: 7 + 2 * each}, "Two payments were made, and the purses should show these two")

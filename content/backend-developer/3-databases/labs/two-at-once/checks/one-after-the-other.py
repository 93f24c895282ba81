"""Checks of what happens where several want the same accounts: order, and another try."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases

from checks.support import REFUSALS, balances, booked, pick, refuse


@check(task="one-after-the-other", objectives=["databases.transactions"])
def test_the_lowest_account_comes_first(service, postgres, random):
    """While a transfer waits for the lower account, it holds no other"""
    low, high = sorted(pick(random, 2))
    before = balances(postgres, low, high)
    for what, (source, target) in cases({"from high to low": (high, low), "from low to high": (low, high)}):
        with postgres.rival() as rival:
            rival.execute("SELECT id FROM accounts WHERE id = %s FOR UPDATE", [low])
            sent = service.send("POST", "/transfers", json={"source": source, "target": target, "amount": 100})
            rival.wait_for(sent)
            free = rival.rows("SELECT id FROM accounts WHERE id = %s FOR UPDATE SKIP LOCKED", [high])

        assert free == [(high,)], (
            f"A transfer {what} waits for account {low}, and holds account {high} already. A program that has {low} and now wants {high}"
            " would wait for it in turn: a deadlock, which PostgreSQL ends by ending one of them. Lock both rows before you change"
            " either, the lower id first, whichever way the money goes"
        )
        require_status(sent.answer(), 201, "Once the other program is done, the transfer is made")
    assert balances(postgres, low, high) == before, (
        "One transfer there and one back should leave both accounts as they were. Having waited, move the amount once"
    )


@check(task="one-after-the-other", objectives=["databases.transactions"])
def test_what_was_ended_is_tried_again(service, postgres, random):
    """A transfer that PostgreSQL ended for another's sake is made in the next try, once"""
    source, target = pick(random, 2)
    left, right = balances(postgres, source, target)
    postgres.execute(REFUSALS)
    for what, code in cases({"a serialization failure": "40001", "a deadlock": "40P01"}):
        refuse(postgres, "entries", times=2, code=code)

        answer = service.post("/transfers", json={"source": source, "target": target, "amount": 50})

        require_status(answer, 201, f"PostgreSQL ended the first two tries with {what}, and the third would have been made")
        left, right = left - 50, right + 50
        assert [balances(postgres, source, target), booked(postgres, source, target)] == [[left, right]] * 2, (
            f"PostgreSQL ended the transaction ({code}), and after your next try the accounts are wrong. With the transaction all"
            " that it had done is gone, so begin again from the start: read anew, and do every statement once more"
        )


@check(task="one-after-the-other", objectives=["databases.transactions"], hidden=True)
def test_it_gives_up_after_five_times(service, postgres, random):
    """After five tries the service answers 503, and nothing is booked"""
    source, target = pick(random, 2)
    before = balances(postgres, source, target)
    postgres.execute(REFUSALS)
    refuse(postgres, "entries", times=1000, code="40P01")

    answer = service.post("/transfers", json={"source": source, "target": target, "amount": 50})

    require_status(answer, 503, "The caller may try again later, and 503 says so")
    assert postgres.value("SELECT last_value FROM tries") == 5, (
        "Your service tried another number of times than five. Whoever never gives up keeps a connection for ever; whoever gives up at"
        " once tells people of what the next try would have settled"
    )
    assert [balances(postgres, source, target), booked(postgres, source, target)] == [before] * 2, (
        "Your service gave up, and a part of the transfer is booked all the same"
    )

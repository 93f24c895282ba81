"""Checks of transfers."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases

from checks.support import REFUSALS, balances, booked, change, pick, refuse


def transfer(source, target, amount):
    """Say what is to be transferred."""
    return {"source": source, "target": target, "amount": amount}


@check(task="both-or-neither", objectives=["databases.transactions"])
def test_a_transfer_is_booked(service, postgres, random):
    """A transfer moves money, and is refused where there is too little or no such account"""
    source, target = pick(random, 2)
    left, right = balances(postgres, source, target)

    for body, status in (
        (transfer(source, target, left + 1), 409),
        (transfer(source, 999, 1), 404),
        (transfer(999, target, 1), 404),
    ):
        require_status(service.post("/transfers", json=body), status, "Such a transfer can't be made")
        assert [balances(postgres, source, target), booked(postgres, source, target)] == [[left, right]] * 2, (
            "Your service refused the transfer and changed something all the same. What is refused leaves no trace"
        )

    require_status(service.post("/transfers", json=transfer(source, target, left)), 201, "All of it may be spent")
    assert [balances(postgres, source, target), booked(postgres, source, target)] == [[0, left + right]] * 2, (
        "After the transfer the balances or the entries of the two accounts are not what they should be. What leaves one"
        " account arrives in the other, with an entry for each"
    )


@check(task="both-or-neither", objectives=["databases.transactions"])
def test_a_transfer_refused_halfway_leaves_nothing(service, postgres, random):
    """A transfer that the database refuses halfway leaves nothing behind"""
    source, target = pick(random, 2)
    before = balances(postgres, source, target)
    postgres.execute(REFUSALS)
    for what, table in cases({"its entry is refused": "entries", "a balance is refused": "accounts"}):
        refuse(postgres, table, times=1000, code="40001")

        answer = service.post("/transfers", json=transfer(source, target, random.randint(10, 90)))

        assert answer.status_code >= 400, (
            f"Your service says that the transfer is made ({answer.status_code}), and the database had refused a part of it"
        )
        assert [balances(postgres, source, target), booked(postgres, source, target)] == [before] * 2, (
            f"A transfer was begun and could not be finished: {what}. A part of it is booked all the same, so money was lost or made."
            " Put all its statements between one BEGIN and one COMMIT, on one connection, and ROLLBACK when one fails"
        )


@check(task="both-or-neither", objectives=["databases.transactions"])
def test_money_is_spent_once(service, postgres, random):
    """What another program spends meanwhile can't be spent again"""
    source, target = pick(random, 2)
    left, right = balances(postgres, source, target)
    spent = left - random.randint(10, 90)

    with postgres.rival() as rival:
        change(rival, source, -spent)
        sent = service.send("POST", "/transfers", json=transfer(source, target, spent))
        rival.wait_for(sent)

    answer = sent.answer()
    assert balances(postgres, source, target) == [left - spent, right], (
        f"The account held {left}. Another program took {spent} while your service was at work, and then it moved {spent} more."
        " Your code had looked whether there is enough before the other was done, and believed it afterwards. Look when nobody else can"
        " change it any more: lock the rows (`FOR UPDATE`), or let the UPDATE itself have the condition"
    )
    require_status(answer, 409, "There is too little left, as the service sees when it is its turn")

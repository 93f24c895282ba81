"""Checks of deposits."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status

from checks.support import balances, booked, change, pick


@check(task="nothing-is-lost", objectives=["databases.transactions"])
def test_a_deposit_is_booked(service, postgres, random):
    """A deposit is in the account and in the entries"""
    (account,) = pick(random, 1)
    amount = random.randint(10, 90)
    (before,) = balances(postgres, account)

    answer = service.post("/deposits", json={"account": account, "amount": amount})

    require_status(answer, 201, "The money was taken, and 201 says so")
    said = read_object(answer, account="a whole number", balance="a whole number")
    assert said == {"account": account, "balance": before + amount}, (
        "Your service named another balance than the one that the deposit leads to. Return what the account holds now"
    )
    assert [balances(postgres, account), booked(postgres, account)] == [[before + amount]] * 2, (
        "Balance and entries of the account do not both hold the deposit. Each change of a balance has its entry, and both"
        " are kept"
    )
    unknown = service.post("/deposits", json={"account": 999, "amount": amount})
    require_status(unknown, 404, "There is no account 999, so nothing can be paid in")


@check(task="nothing-is-lost", objectives=["databases.transactions"])
def test_a_deposit_counts_beside_another(service, postgres, random):
    """A deposit and another that is made meanwhile both count"""
    (account,) = pick(random, 1)
    mine, other = random.randint(10, 90), random.randint(100, 190)
    (before,) = balances(postgres, account)

    with postgres.rival() as rival:
        change(rival, account, other)
        sent = service.send("POST", "/deposits", json={"account": account, "amount": mine})
        rival.wait_for(sent)

    require_status(sent.answer(), 201, "Two people may pay into one account at the same time")
    assert balances(postgres, account) == [before + other + mine], (
        f"{other} were paid in by another program and {mine} by your service, and one of them is lost. Your code read the"
        " balance, the other one changed it, and then your code wrote what it had worked out from the old one. Let the database"
        " add (`SET balance = balance + …`), or lock the row before you read it (`SELECT … FOR UPDATE`)"
    )

"""Checks of withdrawals, whose rule is about several rows."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status

from checks.support import MEMBERS, balances, booked, change, pick


@check(task="all-accounts-of-a-member", objectives=["databases.transactions"])
def test_a_withdrawal_looks_at_all_accounts(service, postgres, random):
    """An account may be overdrawn while the member's accounts together are not"""
    (account,) = pick(random, 1)
    other = account + MEMBERS
    first, second = balances(postgres, account, other)
    amount = first + random.randint(10, 90)

    answer = service.post("/withdrawals", json={"account": account, "amount": amount})

    require_status(answer, 201, "Together the accounts hold enough")
    said = read_object(answer, account="a whole number", balance="a whole number")
    assert said == {"account": account, "balance": first - amount}, (
        "Your service named another balance than the one that the withdrawal leads to. Return what the account holds now"
    )
    assert [balances(postgres, account, other), booked(postgres, account, other)] == [[first - amount, second]] * 2, (
        "Balance and entries do not both show the withdrawal, in the account that it was made from and in no other"
    )
    left = first + second - amount
    refused = service.post("/withdrawals", json={"account": other, "amount": left + 1})
    require_status(refused, 409, "That is more than the member's accounts hold together")
    require_status(
        service.post("/withdrawals", json={"account": other, "amount": left}), 201, "All that is left may be taken"
    )
    require_status(
        service.post("/withdrawals", json={"account": 999, "amount": 1}), 404, "There is no account 999"
    )


@check(task="all-accounts-of-a-member", objectives=["databases.transactions"])
def test_withdrawals_keep_what_the_accounts_hold_together(service, postgres, random):
    """Two withdrawals from two accounts of a member can't both take the same money"""
    (account,) = pick(random, 1)
    other = account + MEMBERS
    first, second = balances(postgres, account, other)
    amount = first + second - random.randint(10, 90)

    # The rival does whatever a careful program may rely on: it looks, locks the member, and is serializable.
    with postgres.rival(gate=("UPDATE", "accounts"), serializable=True) as rival:
        member = rival.rows("SELECT member_id FROM accounts WHERE id = %s", [other])[0][0]
        rival.rows("SELECT id FROM members WHERE id = %s FOR UPDATE", [member])
        rival.rows("SELECT sum(balance) FROM accounts WHERE member_id = %s", [member])
        change(rival, other, -amount)
        sent = service.send("POST", "/withdrawals", json={"account": account, "amount": amount})
        rival.wait_for(sent)

    answer = sent.answer()
    got = balances(postgres, account, other)
    assert got == [first, second - amount], (
        f"Together the accounts held {first + second}. Another program took {amount} from one of them, your service took {amount}"
        " from the other, and each had looked before and found enough. Neither changed a row that the other wrote, so a lock on your own"
        " account keeps nobody out. Lock something that both must have: the member's row, or all of the member's accounts; or"
        " let both be SERIALIZABLE"
    )
    require_status(answer, 409, "There is too little left, as the service sees when it is its turn")

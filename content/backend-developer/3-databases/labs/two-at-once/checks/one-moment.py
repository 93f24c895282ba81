"""Checks of the report, which reads two tables."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status

from checks.support import MEMBERS, balances, change, pick


def read_report(answer):
    """Read a report."""
    require_status(answer, 200, "The report is there to be read")
    return read_object(answer, balances="a whole number", entries="a whole number")


@check(task="one-moment", objectives=["databases.transactions"])
def test_the_report_adds_up(service, postgres):
    """The report has the sum of all balances and of all entries"""
    total = sum(balances(postgres, *range(1, 2 * MEMBERS + 1)))

    assert read_report(service.get("/report")) == {"balances": total, "entries": total}, (
        "The report has other sums than the tables have. It is about all accounts and all entries"
    )


@check(task="one-moment", objectives=["databases.transactions"])
def test_the_report_shows_one_moment(service, postgres, random):
    """Both sums are of one moment, also when a deposit comes in between"""
    amount = random.randint(100, 190)
    for table, account in zip(("entries", "accounts"), pick(random, 2), strict=True):
        with postgres.rival() as rival:
            rival.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            change(rival, account, amount)
            sent = service.send("GET", "/report")
            rival.wait_for(sent)

        report = read_report(sent.answer())
        assert report["balances"] == report["entries"], (
            f"A deposit of {amount} came in while your report was read: one of its sums is from before, the other from after. In a"
            " transaction as PostgreSQL begins it, each statement sees what is committed when *it* begins. Let all of them see one"
            " moment, with REPEATABLE READ, or ask for both sums in one statement"
        )

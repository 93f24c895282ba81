"""A run of some checks by name: these alone run, and a name that there is not blames no lab."""

import pytest

from milepost.engine import ChecksCollected, Outcome, Verdict

CHECKS = """
    @check(task="all", objectives=["a.b"])
    def test_one(program):
        assert program.run().stdout == "hello\\n"

    @check(task="all", objectives=["a.b"])
    def test_two():
        assert False, "It must not run"

    @check(task="all", objectives=["a.b"], hidden=True)
    def test_secret():
        assert False, "It must not run either"
"""


async def test_only_what_is_named_runs(grade):
    graded = await grade(CHECKS, 'print("hello")', only=("test_one",))

    assert graded.report.verdict is Verdict.PASSED
    assert [(each.name, each.outcome) for each in graded.report.checks] == [
        ("test_one", Outcome.PASSED)
    ]
    (collected,) = [event for event in graded.events if isinstance(event, ChecksCollected)]
    assert [info.name for info in collected.checks] == ["test_one"]


@pytest.mark.parametrize(
    ("only", "hidden"),
    [(("test_three",), True), (("test_one", "test_three"), True), (("test_secret",), False)],
    ids=["none of its name", "one of two", "hidden, in a try"],
)
async def test_a_name_that_no_check_has_is_never_the_labs_fault(grade, only, hidden):
    graded = await grade(CHECKS, 'print("hello")', only=only, include_hidden=hidden)

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert "lacks some of the checks asked for" in graded.report.message


async def test_checks_that_are_wanted_first_run_first_and_hidden_ones_too(grade):
    graded = await grade(CHECKS, 'print("hello")', first=("test_secret", "test_two"))

    assert [each.name for each in graded.report.checks] == ["test_secret", "test_two", "test_one"]

"""Every stack is held to every contract by its own self-test; a new stack needs no line here."""

import pytest

from milepost.engine import GradingFinished
from milepost.engine.selftest import list_problems, plan_selftest
from milepost.engine.stacks.descriptions import list_names

MARKS = {"mysql": [pytest.mark.needs_mariadb]}
CONTRACTS = [
    pytest.param(stack, contract, id=f"{stack}-{contract}", marks=MARKS.get(stack, []))
    for stack in list_names()
    for contract in plan_selftest(stack)
]


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize(("stack", "contract"), CONTRACTS)
async def test_a_stack_holds_a_contract(engine, settle, stack, contract):
    events = [event async for event in engine.grade(plan_selftest(stack)[contract])]

    assert isinstance(events[-1], GradingFinished)
    assert events[-1].report.checks
    assert list_problems(stack, contract, events[-1].report) == []
    await settle()

"""What every stack has to do whose functions and classes checks use, whatever its language.

Names are asked for in snake_case; a stack finds them as its language writes them.
"""

import pytest

from milepost.engine.checks import Solution, SolutionRaised, SolutionTimedOut, check

VALUES = [None, True, -3, 2.5, "Café", [], [[1], ["a"]], {"lamp": {"price": 12}}]


@check(task="function", objectives=["function"])
def test_call(solution: Solution) -> None:
    assert solution.call("add", 2, 3) == 2 + 3


@check(task="function", objectives=["function"])
def test_values_travel_there_and_back(solution: Solution) -> None:
    for value in VALUES:
        assert solution.call("give_back", value) == value


@check(task="function", objectives=["function"])
def test_new_and_methods(solution: Solution) -> None:
    counter = solution.new("Counter", 40)

    counter.call("count_up")
    counter.call("count_up")
    assert counter.get("total") == 40 + 2


@check(task="function", objectives=["function"])
def test_get(solution: Solution) -> None:
    assert solution.get("STEP") == 1


@check(task="function", objectives=["function"])
def test_observe(solution: Solution) -> None:
    assert solution.observe("say", "a lamp").stdout == "a lamp\n"


@check(task="function", objectives=["function"])
def test_raise_and_trace(solution: Solution) -> None:
    with pytest.raises(SolutionRaised) as raised:
        solution.call("fail")

    assert raised.value.message == "broken on purpose"
    assert "main." in raised.value.detail.lower(), "the trace names the learner's file"


@check(task="function", objectives=["function"])
def test_time_out(solution: Solution) -> None:
    with pytest.raises(SolutionTimedOut):
        solution.call("wait_for_ever", seconds=2)


@check(task="function", objectives=["function"])
def test_memory_lasts_for_a_check(solution: Solution) -> None:
    assert [solution.call("count_calls"), solution.call("count_calls")] == [1, 2]


@check(task="function", objectives=["function"])
def test_memory_is_new_for_the_next_check(solution: Solution) -> None:
    assert solution.call("count_calls") == 1

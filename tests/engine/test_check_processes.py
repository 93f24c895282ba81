"""Check processes that die, or are let go, at the worst moment: a fresh one takes the run over."""

import asyncio
import os
import signal
from contextlib import aclosing, suppress

import psutil
import pytest

from milepost.engine import Engine, GradingFinished, Limits, Verdict

CHECKS = """
    @check(task="add", objectives=["o"])
    def test_function(solution):
        \"\"\"The function adds\"\"\"
        assert solution.call("add_up", 2, 3) == 5, "It must add"
"""
SOLUTION = "def add_up(a, b):\n    return a + b\n"


@pytest.fixture
async def own_engine(tmp_path, stacks_dir):
    async with Engine(runtime_dir=tmp_path / "run", stacks_dir=stacks_dir) as engine:
        yield engine


@pytest.fixture
def judge(own_engine):
    async def judge(request):
        async with aclosing(own_engine.grade(request)) as events:
            async for event in events:
                if isinstance(event, GradingFinished):
                    return event.report
        return None

    return judge


def check_sandboxes():
    """Each living check process's outermost process, by the one inside that answers."""
    found = {}
    for outermost in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # other tests' are just ending
            for inside in outermost.children(recursive=True):
                if "milepost.engine.checks.main" in " ".join(inside.cmdline()):
                    found[inside] = outermost
    return found


async def test_a_host_that_dies_between_being_found_and_being_told_costs_nothing(
    judge, make_request
):
    request = make_request(CHECKS, SOLUTION)
    before = check_sandboxes()
    await judge(request)
    sandboxes = {
        inside: outermost for inside, outermost in check_sandboxes().items() if inside not in before
    }
    for inside, outermost in sandboxes.items():
        # Stopped, it can't notice; so the sandbox looks alive, and nobody in it hears any more.
        os.kill(outermost.pid, signal.SIGSTOP)
        with suppress(ProcessLookupError):  # the fork of a run, which has ended since
            os.kill(inside.pid, signal.SIGKILL)
    psutil.wait_procs(list(sandboxes), timeout=10)

    report = await judge(request)

    assert sandboxes
    assert (report.verdict, report.message) == (Verdict.PASSED, "")


async def test_more_labs_than_hosts_are_kept_are_all_graded(judge, make_request):
    limits = Limits(wall_seconds=60, run_seconds=30)
    requests = [make_request(CHECKS, SOLUTION, limits=limits) for _ in range(10)]
    at_once = asyncio.Semaphore(3)

    async def judge_in_turn(request):
        async with at_once:
            return await judge(request)

    # The second time round, each finds that its host was let go for those of the others.
    reports = await asyncio.gather(*(judge_in_turn(request) for request in requests * 2))

    assert [report.message for report in reports] == [""] * 20
    assert {report.verdict for report in reports} == {Verdict.PASSED}

"""What a verification knows from the one before: only what an edit touches is run again."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from milepost.engine import Engine, GradingFinished, Outcome
from milepost.labs import load_lab
from milepost.labs.verification import KeptResults, Plan, Progress, render_record, verify_lab

WHOLE = Plan(seeds=(1,), repeats=1, spoiled_runs=2)
# The gates whose runs are few: no cheats and no spoiled answers.
FEW = Plan(seeds=(1, 2), repeats=1, gates=frozenset({1, 2, 3, 4, 6}))


class Counting:
    """An engine that notes what it is asked; `change` may have a report end otherwise."""

    def __init__(self, engine):
        self.engine = engine
        self.requests = []
        self.change = lambda _request, event: event

    async def grade(self, request):
        self.requests.append(request)
        async with aclosing(self.engine.grade(request)) as events:
            async for event in events:
                yield self.change(request, event)


@pytest.fixture(scope="module")
async def engine(tmp_path_factory):
    async with Engine(runtime_dir=tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def grader(engine):
    return Counting(engine)


@pytest.fixture
def verify(grader, lab, tmp_path):
    async def run(plan=FEW, tools="as they are", progress=None):
        grader.requests.clear()
        loaded = load_lab(lab.folder)
        kept = KeptResults(tmp_path / "kept", loaded, tools)
        return await verify_lab(loaded, grader, plan, progress, kept)

    return run


def problems(record):
    return [problem for gate in record.gates for problem in gate.problems]


async def test_what_has_not_changed_is_not_run_again(verify, grader):
    first = await verify(WHOLE)

    again = await verify(WHOLE)

    assert grader.requests == []
    assert again.verified
    assert again.kept == sum(again.runs.values())
    same = {"gates", "runs", "mutants", "cheats", "spoiled", "headroom", "caught_by", "stacks"}
    was, now = render_record(first), render_record(again)
    assert (was["kept"], now["kept"]) == (0, again.kept)
    assert {name: now[name] for name in same} == {name: was[name] for name in same}


async def test_after_an_edit_of_one_flaw_only_that_flaw_is_run(verify, grader, lab):
    await verify()
    lab.replace("flawed/one-for-all/greeting.py", "Hi", "Good day")

    record = await verify()

    assert record.passed
    assert [request.seed for request in grader.requests] == [1, 2]
    assert all(b"Good day" in request.files["greeting.py"] for request in grader.requests)


async def test_after_an_edit_in_one_check_only_that_check_is_run(verify, grader, lab):
    await verify()
    lab.replace("checks.py", "Nobody is not somebody", "Nobody is nobody")

    record = await verify()

    assert record.passed
    parts = [request for request in grader.requests if request.files["greeting.py"] != b""]
    whole = [request for request in parts if not request.only]
    assert {request.only for request in parts} == {("test_no_name_is_refused",), ()}
    # A right answer's run is had again as a whole: what it uses of the limits is judged.
    solution = load_lab(lab.folder).solutions()[0].files
    assert all(request.files == solution for request in whole)
    assert len(whole) == 2


async def test_an_edit_in_what_checks_share_runs_everything_again(verify, grader, lab):
    await verify()
    everything = len(grader.requests)
    lab.replace("checks.py", '["Ada", "Grace"]', '["Ada", "Grace", "Bo"]')

    record = await verify()

    assert record.kept == 0
    assert len(grader.requests) == everything


async def test_a_comment_in_the_checks_runs_nothing_again(verify, grader, lab):
    await verify()
    lab.replace("checks.py", "# Only the hidden", "# And only the hidden")

    assert (await verify()).passed
    assert grader.requests == []


@pytest.mark.parametrize("changes", [{"tools": "newer"}, {"plan": replace(FEW, seeds=(8, 9))}])
async def test_other_tools_or_seeds_know_nothing_of_what_was(verify, changes):
    await verify()

    assert (await verify(**changes)).kept == 0


async def test_other_limits_know_nothing_of_what_was(verify, lab):
    await verify()
    lab.replace("lab.toml", "wall_seconds = 20", "wall_seconds = 21")

    assert (await verify()).kept == 0


async def test_what_speaks_against_a_lab_is_run_again_each_time(verify, grader, lab):
    lab.write("flawed/one-for-all/greeting.py", 'def greet(name):\n    return "Hello."\n')
    before = problems(await verify())

    again = problems(await verify())

    assert again == before
    assert any("fails more than" in problem for problem in again)
    assert {request.only for request in grader.requests} == {("test_no_name_is_refused",)}


async def test_two_results_from_the_same_inputs_are_told_and_nothing_of_it_is_believed(
    verify, grader
):
    def fail_once(request, event):
        is_it = request.seed == 2 and b"if name else None" in request.files["greeting.py"]
        if not (is_it and isinstance(event, GradingFinished) and not request.only):
            return event
        first, *others = event.report.checks
        failed = replace(first, outcome=Outcome.FAILED, message="Not today")
        return GradingFinished(replace(event.report, checks=(failed, *others)))

    grader.change = fail_once
    first = problems(await verify())
    grader.change = lambda _request, event: event

    second = await verify()

    assert any("is right, but does not pass" in problem for problem in first)
    assert any(
        "solutions/python (seed 2): test_name_is_greeted passes now, and ended otherwise the last"
        in problem
        for problem in problems(second)
    )
    assert not second.passed
    third = await verify()  # all of that answer, and not only what was odd
    assert third.passed
    assert [request.seed for request in grader.requests] == [1, 2]


async def test_a_kept_result_that_cannot_be_read_is_run_again(verify, grader, tmp_path):
    await verify()
    for file in (tmp_path / "kept").rglob("*.json"):
        file.write_text('{"kept": 3, "checks": [{}], "report": []}')

    record = await verify()

    assert record.passed
    assert record.kept == 0
    assert grader.requests


async def test_a_folder_that_cannot_be_written_keeps_nothing_and_hinders_nobody(verify, tmp_path):
    (tmp_path / "kept").write_text("a file")

    assert (await verify()).passed
    assert (await verify()).kept == 0


async def test_what_is_left_is_told_from_the_start_of_a_second_verification(verify, lab):
    told = []
    await verify()
    lab.replace("flawed/one-for-all/greeting.py", "Hi", "Good day")

    await verify(progress=Progress(remain=lambda seconds, known: told.append((seconds, known))))

    (before_any, known), *_, (last, all_known) = told
    assert known == 0
    assert 0 < before_any < 60
    assert last == pytest.approx(0, abs=0.01)
    assert all_known > 0

"""A lab proves itself by real runs; a grader that cannot tell right from wrong is caught."""

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from milepost.engine import Engine, GradingFinished, IsolationUnavailable
from milepost.engine.grading.tally import Tally
from milepost.labs import load_lab
from milepost.labs.verification import (
    Plan,
    Progress,
    VerificationImpossible,
    plan_runs,
    render_record,
    verify_lab,
    write_record,
)

RUNS = frozenset({1, 2, 3, 6})  # the gates that look at what lies in the lab
ONCE = Plan(seeds=(1,), repeats=1, gates=RUNS)
WHOLE = Plan(seeds=(1,), repeats=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
async def engine(tmp_path_factory):
    async with Engine(runtime_dir=tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def verify(engine, lab):
    async def run(plan=ONCE, progress=None):
        return await verify_lab(load_lab(lab.folder), engine, plan, progress)

    return run


def gate(record, number):
    return next(found for found in record.gates if found.gate == number)


def test_a_plan_runs_right_answers_with_every_seed_again_and_again(lab):
    runs = plan_runs(load_lab(lab.folder), Plan(seeds=(5, 6), repeats=3))

    assert [run.place for run in runs].count("solutions/python") == 6
    assert [run.place for run in runs].count("flawed/no-guard") == 2
    assert [run.place for run in runs].count("starter/python") == 2


async def test_a_good_lab_is_verified(verify):
    told = []

    record = await verify(WHOLE, Progress(start=told.append, finish=told.append))

    assert [(found.gate, found.problems) for found in record.gates] == [
        (number, ()) for number in range(1, 8)
    ]
    assert record.verified
    assert record.caught_by == {
        "test_name_is_greeted": ("one-for-all",),
        "test_no_name_is_refused": ("no-guard",),
    }
    counts = [each for each in told if isinstance(each, int)]
    assert counts[-1] == len(told) - len(counts) == sum(record.runs.values())
    assert record.runs["solution"] == 1


async def test_a_lab_is_not_verified_by_a_few_gates(verify):
    record = await verify(ONCE)

    assert record.passed
    assert not record.verified


async def test_a_grader_that_accepts_everything_is_caught(verify, lab):
    lab.replace("checks.py", 'f"Hello, {name}.", "People', 'solution.call("greet", name), "People')
    lab.replace("checks.py", 'assert name in str(solution.call("greet", name))', "assert name")
    lab.replace("checks.py", "is None, ", "in (None, 'Hello, .'), ")

    record = await verify()

    assert not record.verified
    (starter,) = gate(record, 1).problems
    assert "starter/python (seed 1) should fail test_name_is_greeted" in starter
    problems = "\n".join(gate(record, 3).problems)
    assert "flawed/no-guard (seed 1) should fail test_no_name_is_refused, but passes" in problems
    assert "test_no_name_is_refused is failed by no flawed solution" in problems
    assert "manners.greeting is not covered" in problems


async def test_a_grader_that_refuses_everything_is_caught(verify, lab):
    lab.replace("checks.py", "is None, ", "is NotImplemented, ")

    record = await verify()

    assert any(
        "solutions/python (seed 1) is right, but does not pass test_no_name" in problem
        and "Nobody is not somebody" in problem
        for problem in gate(record, 2).problems
    )


async def test_a_flaw_that_fails_more_than_it_declares_is_caught(verify, lab):
    lab.write("flawed/one-for-all/greeting.py", 'def greet(name):\n    return "Hello."\n')

    record = await verify()

    (problem, *_) = gate(record, 3).problems
    assert "flawed/one-for-all (seed 1) fails more than" in problem
    assert "test_no_name_is_refused" in problem


async def test_two_flaws_with_one_pattern_and_two_explanations_are_caught(verify, lab):
    for name in ("flaw.toml", "greeting.py"):
        lab.write(f"flawed/other/{name}", (lab.folder / "flawed" / "no-guard" / name).read_text())
    lab.replace("flawed/other/flaw.toml", "You greet before", "You shout before")

    record = await verify()

    assert any("explain them differently" in problem for problem in gate(record, 3).problems)


async def test_a_solution_that_passes_only_sometimes_is_caught(verify, lab):
    lab.write(
        "solutions/python/greeting.py",
        """
        import os

        def greet(name):
            if name and os.urandom(1)[0] < 128:
                return "Hi."
            return f"Hello, {name}." if name else None
        """,
    )

    record = await verify(Plan(seeds=(1, 2), repeats=8, gates=RUNS))

    assert not gate(record, 2).passed


async def test_a_starter_that_does_not_even_run_is_caught(verify, lab):
    lab.write("starter/python/greeting.py", "def greet(name)\n")

    record = await verify()

    assert "should run and give wrong answers" in gate(record, 1).problems[0]


async def test_a_check_that_breaks_is_the_labs_fault_not_a_failed_flaw(verify, lab):
    lab.replace("checks.py", "    name = pick(random, NAMES)", "    name = NAMES['Ada']")

    record = await verify()

    assert "lab_broken" in gate(record, 2).problems[0]
    assert any("flawed/no-guard" in problem for problem in gate(record, 3).problems)


async def test_a_check_that_breaks_in_many_runs_is_told_once_with_its_line(verify, lab):
    lab.replace("checks.py", "    name = pick(random, NAMES)", "    name = NAMES['Ada']")

    record = await verify(Plan(seeds=(1, 2), repeats=2, gates=frozenset({2})))

    [problem] = gate(record, 2).problems
    assert "(checks.py line " in problem
    assert "So did solutions/python (seed 2)" in problem


async def test_a_stack_without_a_solution_is_caught(engine, lab):
    lab.replace("lab.toml", '["python"]', '["python", "node"]')
    lab.replace(
        "lab.toml",
        '[[tasks]]\nslug = "greet"',
        '[entry.node]\nmodule = "greeting.mjs"\n\n[[tasks]]\nslug = "greet"',
    )
    lab.write("starter/node/greeting.mjs", "export const greet = () => null;\n")

    record = await verify_lab(load_lab(lab.folder), engine, ONCE)

    assert "No solution is written for node" in gate(record, 2).problems[0]


class BrokenGrader:
    """An engine that fails by itself, as a real one reports it."""

    async def grade(self, request):
        yield GradingFinished(Tally(request, "", "isolated", fault="The disk is full.").report(0.0))


class SilentGrader:
    async def grade(self, _request):
        return
        yield


@pytest.mark.parametrize("grader", [BrokenGrader(), SilentGrader()])
async def test_a_fault_of_the_engine_is_never_a_finding_about_the_lab(grader, lab):
    with pytest.raises(VerificationImpossible, match="Nothing was found out about the lab"):
        await verify_lab(load_lab(lab.folder), grader, ONCE)


class ForbiddenGrader:
    async def grade(self, _request):
        raise IsolationUnavailable("no namespaces.", "Allow them.")
        yield


async def test_missing_isolation_is_told_as_what_it_is(lab):
    with pytest.raises(IsolationUnavailable, match="no namespaces"):
        await verify_lab(load_lab(lab.folder), ForbiddenGrader(), ONCE)


async def test_the_record_says_what_was_run_and_leaves_the_lab_loadable(verify, lab):
    record = await verify(WHOLE)

    written = json.loads(write_record(lab.folder, record).read_text())

    assert written == render_record(record)
    assert written["verified"] is True
    assert written["seeds"] == [1]
    assert written["runs"]["starter"] == written["runs"]["solution"] == 1
    assert written["runs"]["flawed"] == 2
    assert written["mutants"][0]["caught"] == written["runs"]["mutant"] == 2
    assert {cheat["name"] for cheat in written["cheats"]} >= {"empty-file", "knows-it-by-heart"}
    assert written["stacks"]["python"].startswith("Python 3.")
    assert written["content_hash"] == load_lab(lab.folder).content_hash
    assert written["headroom"]["wall_seconds"]["limit"] == 20
    assert load_lab(lab.folder).record == written


async def test_a_record_of_other_content_says_nothing_of_a_lab(verify, lab):
    write_record(lab.folder, await verify())

    lab.write("data/names.txt", "Grace\n")

    assert load_lab(lab.folder).record is None


async def test_the_traffic_report_is_verified(engine):
    (folder,) = ROOT.glob("content/*/*/labs/traffic-report")

    record = await verify_lab(load_lab(folder), engine, ONCE)

    assert [found.problems for found in record.gates] == [(), (), (), ()]
    assert record.passed


async def test_a_wrong_answer_that_never_ends_is_compared_by_the_checks_that_ran(verify, lab):
    third = """
        @check(task="greet", objectives=["manners.greeting"])
        def test_two_names_differ(solution):
            \"\"\"Two names are two greetings\"\"\"
            assert solution.call("greet", "Ada") != solution.call("greet", "Bo"), "Names differ"
    """
    checks = (lab.folder / "checks.py").read_text()
    lab.write("checks.py", checks + textwrap.dedent(third))
    lab.replace("lab.toml", "wall_seconds = 20", "wall_seconds = 20\nrun_seconds = 1")
    alike = "def greet(name):\n    return None if not name else 'Hello, you.'\n"
    names = '["test_name_is_greeted", "test_no_name_is_refused", "test_two_names_differ"]'
    for name, code in (("alike", alike), ("endless", "def greet(name):\n    while True: pass\n")):
        lab.write(
            f"flawed/{name}/flaw.toml",
            f"""
            over = "python"
            title = "{name}"
            misconception = "You greet nobody by name."
            fails = {names}
            lacks = ["manners.greeting"]
            """,
        ).write(f"flawed/{name}/greeting.py", code)

    record = await verify(Plan(seeds=(1,), repeats=1, gates=frozenset({3})))

    assert gate(record, 3).problems == ()
    assert record.caught_by["test_two_names_differ"] == ("alike",)
    lab.replace("flawed/endless/flaw.toml", '"test_name_is_greeted", ', "")
    (problem,) = gate(await verify(Plan((1,), 1, gates=frozenset({3}))), 3).problems
    assert "flawed/endless (seed 1) fails more than" in problem


async def test_an_edited_flaw_that_fails_otherwise_is_named_by_its_file(verify, lab):
    lab.write_edited_flaw().replace(
        "flawed/no-guard.toml", "_no_name_is_refused", "_name_is_greeted"
    )

    record = await verify(replace(ONCE, gates=frozenset({3})))

    assert any("or flawed/no-guard.toml" in problem for problem in gate(record, 3).problems)

"""What a verification leaves out from nothing: runs and checks that could say nothing new."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from milepost.engine import Engine, Spoil
from milepost.engine.evidence.spoiled import Spoilable
from milepost.labs import Solution, load_lab
from milepost.labs.verification import Plan, plan_runs, render_record, verify_lab
from milepost.labs.verification.estimate import Estimate
from milepost.labs.verification.killers import Killers
from milepost.labs.verification.mutants import apply_together, group_apart, make_mutants
from milepost.labs.verification.plan import Kind, PlannedRun
from milepost.labs.verification.spoiled import choose_new_spoils, name_spoils

CODE = b"def f(a, b):\n    x = a + 1\n    y = b < 2\n    return x if y else b\n"


@pytest.fixture
async def verify_engine(tmp_path):
    async with Engine(runtime_dir=tmp_path / "engine") as engine:
        yield engine


@pytest.fixture
def mutants():
    return make_mutants(Solution("python", "python", {"f.py": CODE}))


def run_of(kind, stack="python"):
    return PlannedRun(kind, "any", stack, 1, 1, {})


def test_a_flaw_meets_all_checks_once_and_its_own_with_every_seed(lab):
    runs = plan_runs(load_lab(lab.folder), Plan(seeds=(5, 6, 7), repeats=1))

    flawed = [run for run in runs if run.name == "no-guard"]
    assert [run.checks for run in flawed] == [(), *[("test_no_name_is_refused",)] * 2]
    assert {run.checks for run in runs if run.kind is Kind.SOLUTION} == {()}


def test_checks_that_caught_mutants_close_by_look_first(mutants):
    killers = Killers(["test_b", "test_b", "test_c"])
    first, *_, last = sorted(mutants, key=lambda each: each.line)
    names = ("test_a", "test_b", "test_c", "test_d")
    assert killers.order(first, names) == ("test_b", "test_c", "test_a", "test_d")

    killers.note(first, "test_d")
    killers.note(last, "test_a")

    assert killers.order(first, names)[:2] == ("test_d", "test_a")
    assert killers.order(last, names)[:2] == ("test_a", "test_d")


def test_mutants_are_put_together_so_that_no_line_changes_twice(mutants):
    groups = group_apart(mutants)

    assert sorted(each.becomes for group in groups for each in group) == sorted(
        each.becomes for each in mutants
    )
    for group in groups:
        assert len({each.line for each in group}) == len(group)
        changed = apply_together(group)["f.py"].decode().splitlines()
        assert [changed[each.line - 1].strip() for each in group] == [
            each.becomes for each in group
        ]
    assert len(groups[0]) == 3


EXPLAINED = """
LONGEST = 40
SHORTEST = -3


def greet(name):
    if len(name) > LONGEST or len(name) < SHORTEST:
        return None
    return f"Hello, {name}." if name else None
"""


EQUIVALENTS = """
[[equivalent]]
reason = "No such name is given."
changes = '''
solutions/python/greeting.py
- LONGEST = 40
+ LONGEST = 41
- SHORTEST = -3
+ SHORTEST = -4
- return f"Hello, {name}." if name else None
+ return f"Hello, {name}." if not (name) else None
'''
"""


async def test_explained_mutants_are_tried_together_and_one_that_is_seen_is_found(
    verify_engine, lab
):
    lab.write("solutions/python/greeting.py", EXPLAINED)
    lab.write("mutants.toml", EQUIVALENTS)

    record = await verify_lab(
        load_lab(lab.folder), verify_engine, Plan((1,), 1, gates=frozenset({4}))
    )

    (problem, *_) = record.gates[0].problems
    assert "calls a change to solutions/python/greeting.py equivalent" in problem
    assert "test_name_is_greeted catches it" in problem
    (score,) = record.mutants
    assert score.equivalent == 2


def test_on_a_second_stack_only_what_the_first_did_not_offer_is_spoiled():
    first = {"test_one": [Spoilable("body.id", "null", (0,)), Spoilable("status", "500", (0,))]}
    second = {"test_one": [*first["test_one"], Spoilable("header.etag", "empty", (1,))]}
    known = name_spoils(first)

    assert choose_new_spoils(second, 30, 1, known) == [
        {"test_one": Spoil(1, "header.etag", "empty")}
    ]
    # Each stack shows that its answers can be spoiled.
    assert len(choose_new_spoils(first, 30, 1, known)) == 1


def test_what_is_left_is_unknown_until_something_has_ended():
    estimate = Estimate(2, {})
    estimate.plan([run_of(Kind.SOLUTION)] * 4)

    assert estimate.tell_seconds() is None
    estimate.finish(run_of(Kind.SOLUTION), 10)
    assert estimate.tell_seconds() == 15  # three of ten seconds, two at once


def test_what_is_left_is_told_by_kind_and_stack():
    estimate = Estimate(1, {"mutant go": 3.0})
    estimate.plan([run_of(Kind.SOLUTION), run_of(Kind.SOLUTION), run_of(Kind.MUTANT, "go")])
    estimate.finish(run_of(Kind.SOLUTION), 10)

    assert estimate.tell_seconds() == 13
    assert estimate.measured() == {"mutant go": 3.0, "solution python": 10.0}


def test_what_is_left_takes_less_where_more_has_been_done_at_once():
    now = [0.0]
    estimate = Estimate(2, {}, clock=lambda: now[0])
    estimate.plan([run_of(Kind.MUTANT)] * 20)
    for _ in range(16):
        estimate.finish(run_of(Kind.MUTANT), 10)
    now[0] = 40.0

    assert estimate.tell_seconds() == 10  # 160 seconds of runs in 40, so four at once


def list_problems(record):
    return [problem for gate in record["gates"] for problem in gate["problems"]]


class Grader:
    """An engine that notes what it was asked; `change` may have it asked otherwise."""

    def __init__(self, engine, change=lambda request: request):
        self.engine, self.change, self.requests = engine, change, []

    async def grade(self, request):
        self.requests.append(request)
        async with aclosing(self.engine.grade(self.change(request))) as events:
            async for event in events:
                yield event


async def test_all_runs_end_as_they_do_in_guests_of_their_own_with_all_prepared(verify_engine, lab):
    lab.write("solutions/python/greeting.py", EXPLAINED)  # of whose mutants some survive
    loaded, plan = load_lab(lab.folder), Plan((1, 2), 1, spoiled_runs=3)
    plain = {"shares_guests": False, "ends_early": False}
    sharing = Grader(verify_engine)
    alone = Grader(verify_engine, lambda request: replace(request, **plain))

    shared = render_record(await verify_lab(loaded, sharing, plan))
    own = render_record(await verify_lab(loaded, alone, plan))

    assert any(request.shares_guests for request in sharing.requests)
    told = {"runs", "mutants", "cheats", "spoiled", "caught_by"}
    assert {name: shared[name] for name in told} == {name: own[name] for name in told}
    assert list_problems(shared) == list_problems(own)
    assert list_problems(shared), "some mutants survive, so that there is something to compare"


async def test_only_wrong_answers_and_spoiled_ones_share_guests(verify_engine, lab):
    loaded = load_lab(lab.folder)
    grader = Grader(verify_engine)

    await verify_lab(loaded, grader, Plan((1,), 1, spoiled_runs=2))

    (solution,) = loaded.solutions()
    wrong = [flaw.files for flaw in loaded.flawed()]
    wrong += [mutant.files for mutant in make_mutants(solution)]
    for request in grader.requests:
        if request.files == solution.files:
            # Of those, only spoiled ones are not judged by what they use.
            assert request.shares_guests == (request.spoil is not None)
        elif request.files != loaded.starter_files("python"):  # which is a mutant, too
            assert request.shares_guests == (request.files in wrong)
    assert not {True, False} - {request.shares_guests for request in grader.requests}


async def test_only_of_what_a_check_should_refuse_nothing_is_prepared(verify_engine, lab):
    lab.write("solutions/python/greeting.py", EXPLAINED)
    lab.write("mutants.toml", EQUIVALENTS)
    loaded = load_lab(lab.folder)
    grader = Grader(verify_engine)

    await verify_lab(loaded, grader, Plan((1,), 1, gates=frozenset({2, 3, 4})))

    (solution,) = loaded.solutions()
    mutants = [mutant.files for mutant in make_mutants(solution)]
    early = [request.files for request in grader.requests if request.ends_early]
    whole = [request.files for request in grader.requests if not request.ends_early]
    assert early
    assert all(files in mutants for files in early)
    assert solution.files in whole
    assert all(flaw.files in whole for flaw in loaded.flawed())
    # What is explained as equivalent is expected to pass, together.
    assert any(files not in (*mutants, solution.files) for files in whole)

"""Spoiled answers (gate 5): a check that trusts what learner code gives it is found and named."""

import json

import pytest

from milepost.engine import Engine, Spoil
from milepost.labs import load_lab
from milepost.labs.verification import Plan, verify_lab, write_record
from milepost.labs.verification.spoiled import Spoilable, choose_spoils

SORTED = '''
"""Checks of a ranking."""

from milepost.engine.checks import check


@check(task="greet", objectives=["manners.greeting"])
def test_name_is_greeted(solution, random):
    """The ranking falls"""
    got = solution.call("rank", random.sample(range(100), 5))
    assert isinstance(got, list), "A ranking is a list"
    assert len(got) == 5, "All are ranked"
    assert all(a >= b for a, b in zip(got, got[1:])), "The first is the largest"


@check(task="strangers", objectives=["manners.greeting"], hidden=True)
def test_no_name_is_refused(solution, random):
    """Nobody has no rank"""
    assert solution.call("rank", []) == [], "Nobody is ranked"
'''
GUARD = """
    assert all(type(each) is int for each in got), "A ranking holds numbers"
    assert all(a >="""


@pytest.fixture(scope="module")
async def engine(tmp_path_factory):
    async with Engine(runtime_dir=tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def ranking(lab):
    """The small lab with a check that sorts values which it has not looked at."""
    lab.write("checks.py", SORTED)
    return lab.write(
        "solutions/python/greeting.py", "def rank(n):\n    return sorted(n, reverse=True)\n"
    )


@pytest.fixture
def ask(engine, lab):
    async def run(spoiled_runs=30):
        plan = Plan(seeds=(1,), repeats=1, gates=frozenset({5}), spoiled_runs=spoiled_runs)
        return await verify_lab(load_lab(lab.folder), engine, plan)

    return run


async def test_a_check_that_trusts_the_elements_of_a_list_fails_gate_5(ask, ranking):
    record = await ask()

    (gate,) = record.gates
    assert not gate.passed
    assert any(
        "test_name_is_greeted (checks.py line 12) falls over instead of judging" in problem
        and "TypeError: '>=' not supported between instances of" in problem
        and "`call rank []`" in problem
        for problem in gate.problems
    ), gate
    assert not any("test_no_name_is_refused" in problem for problem in gate.problems), gate
    kept = json.loads(write_record(ranking.folder, record).read_text())["spoiled"]
    assert kept["broke"] == len(kept["breaks"]) > 0
    assert {each["line"] for each in kept["breaks"]} == {12}


async def test_a_check_that_asserts_types_first_passes_it(ask, ranking):
    ranking.replace("checks.py", "\n    assert all(a >=", GUARD)

    record = await ask()

    (gate,) = record.gates
    assert gate.problems == ()
    assert any(" 0 broke a check" in note for note in gate.notes), gate.notes
    assert {trial.kind for trial in record.spoiled} > {"null", "nulls", "nested", "empty"}


async def test_a_check_that_never_ends_on_a_spoiled_answer_is_named(ask, ranking):
    ranking.replace(
        "checks.py",
        "    assert len(got) == 5",
        "    while got == []:\n        pass\n    assert len(got) == 5",
    ).replace("lab.toml", "wall_seconds = 20", "wall_seconds = 1\nrun_seconds = 1")

    record = await ask()

    (gate,) = record.gates
    assert any("test_name_is_greeted` did not end by itself" in each for each in gate.problems), (
        gate
    )


async def test_the_same_spoils_are_chosen_every_time(ask, ranking):  # noqa: ARG001
    first, second = await ask(3), await ask(3)

    assert [(each.check, each.place, each.kind) for each in first.spoiled] == [
        (each.check, each.place, each.kind) for each in second.spoiled
    ]
    assert first.runs["spoiled"] == 4


def test_choosing_tries_every_kind_and_place_before_one_of_them_again():
    places, kinds = [f"place {n}" for n in range(6)], [f"kind {n}" for n in range(6)]
    spoilable = [Spoilable(place, kind, (0, 4)) for place in places for kind in kinds]

    runs = choose_spoils({"test_one": spoilable, "test_two": spoilable}, 6, seed=1)

    one, two = ([run[check] for run in runs] for check in ("test_one", "test_two"))
    assert {spoil.kind for spoil in one} == set(kinds)
    assert {spoil.place for spoil in one} == set(places)
    assert {(spoil.place, spoil.kind) for spoil in one}.isdisjoint(
        (spoil.place, spoil.kind) for spoil in two
    )
    assert all(isinstance(spoil, Spoil) and spoil.position in (0, 4) for spoil in one)

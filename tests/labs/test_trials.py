"""Mutants, cheats and headroom (gates 4, 5, 7), by labs that pass and labs that don't."""

import json

import pytest

from milepost.engine import Engine
from milepost.labs import LabInvalid, load_lab, package_lab
from milepost.labs.verification import Plan, verify_lab, write_record


@pytest.fixture(scope="module")
async def engine(tmp_path_factory):
    async with Engine(runtime_dir=tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def ask(engine, lab):
    async def run(*gates, mutants=40):
        plan = Plan(seeds=(1,), repeats=1, mutants=mutants, gates=frozenset(gates))
        return await verify_lab(load_lab(lab.folder), engine, plan)

    return run


# A right answer with a border that the small lab's checks never look at.
LONG_NAMES = """
LONGEST = 40


def greet(name):
    if len(name) > LONGEST:
        return None
    return f"Hello, {name}." if name else None
"""
UNSEEN = {
    "file": "solutions/python/greeting.py",
    "was": "if len(name) > LONGEST:",
    "becomes": "if len(name) >= LONGEST:",
    "reason": "No name of forty letters is ever given.",
}


@pytest.fixture
def unseen(lab):
    """The small lab, whose solution does more than its checks look at."""
    return lab.write("solutions/python/greeting.py", LONG_NAMES)


def explain(lab, **changes):
    said = {**UNSEEN, **changes}
    lab.write(
        "mutants.toml",
        f"""
        [[equivalent]]
        reason = {json.dumps(said["reason"])}
        changes = '''
        {said["file"]}
        - {said["was"]}
        + {said["becomes"]}
        '''
        """,
    )


async def test_mutants_that_no_check_sees_are_listed_and_too_many_of_them(ask, unseen):  # noqa: ARG001
    record = await ask(4)

    (gate,) = record.gates
    (score,) = record.mutants
    assert (score.caught, score.tried) == (3, 5)
    assert "solutions/python: 60% of its mutants are caught, and 90% are asked" in gate.problems[0]
    listed = "\n".join(gate.notes)
    assert (
        "solutions/python/greeting.py:5 (comparison)\n"
        "- if len(name) > LONGEST:\n+ if len(name) >= LONGEST:"
    ) in listed


async def test_a_reason_takes_a_mutant_out_of_the_count(ask, unseen):
    explain(unseen)

    record = await ask(4)

    (score,) = record.mutants
    assert (score.caught, score.equivalent) == (3, 1)
    assert [each.mutant.becomes for each in score.survivors] == ["LONGEST = 41"]


async def test_a_reason_for_what_can_no_longer_be_made_is_an_error(ask, unseen):
    explain(unseen, was="if len(name) > 40:", becomes="if len(name) >= 40:")

    record = await ask(4)

    assert "mutants.toml explains a change" in record.gates[0].problems[0]
    assert "can't be made (any more)" in record.gates[0].problems[0]


async def test_a_reason_for_what_a_check_catches_is_an_error(ask, lab):
    explain(
        lab,
        was='return f"Hello, {name}." if name else None',
        becomes='return f"Hello, {name}." if not (name) else None',
    )

    record = await ask(4)

    (problem,) = record.gates[0].problems
    assert "calls a change" in problem
    assert "test_name_is_greeted catches it" in problem


def test_a_reason_has_words_and_is_no_part_of_the_lab(lab):
    before = load_lab(lab.folder).content_hash
    explain(lab)
    with_reason = load_lab(lab.folder)

    assert with_reason.content_hash == before
    assert b"mutants.toml" not in package_lab(with_reason, include_hidden=True)
    explain(lab, reason="")
    with pytest.raises(LabInvalid, match="`reason` is missing"):
        load_lab(lab.folder)


async def test_the_same_mutants_are_chosen_every_time(ask, unseen):  # noqa: ARG001
    first, second = await ask(4, mutants=4), await ask(4, mutants=4)

    assert first.mutants == second.mutants
    assert first.mutants[0].tried == 4
    assert "only 4 of 5 possible mutants were tried" in first.gates[0].problems[0]


async def test_a_mutant_that_makes_a_check_fall_over_is_told(ask, lab):
    lab.replace(
        "checks.py",
        'assert solution.call("greet", name) ==',
        'assert solution.call("greet", name).strip() ==',
    )

    record = await ask(4)

    assert any(
        "test_name_is_greeted falls over where solutions/python/greeting.py:2" in problem
        for problem in record.gates[0].problems
    ), record.gates[0]


async def test_nothing_is_said_of_mutants_and_cheats_where_a_solution_fails(ask, lab):
    lab.write("solutions/python/greeting.py", "def greet(name):\n    return 'Hi' + name\n")

    record = await ask(4, 5)

    assert record.runs["mutant"] == record.runs["cheat"] == 0
    assert [gate.passed for gate in record.gates] == [False, False]
    assert "a solution does not pass by itself" in record.gates[0].problems[0]


async def test_a_cheat_that_gets_through_is_named(ask, lab):
    lab.write(
        "checks.py",
        '''
        """Checks that ask too little."""

        from milepost.engine.checks import check


        @check(task="greet", objectives=["manners.greeting"])
        def test_program_ends_well(program):
            """The program ends well"""
            assert program.run("Ada").exit_code == 0, "A program that ends with an error is no help"


        @check(task="strangers", objectives=["manners.greeting"])
        def test_it_ends_well_again(program):
            """It ends well again"""
            assert program.run().exit_code == 0, "A program that ends with an error is no help"
        ''',
    )
    for flaw in ("no-guard", "one-for-all"):
        lab.replace(f"flawed/{flaw}/flaw.toml", "fails = [", 'fails = ["test_program_ends_well"] #')

    record = await ask(5)

    passing = [
        problem for problem in record.gates[0].problems if "passes. Ask something" in problem
    ]
    assert any("The cheat leaves-at-once (python)" in problem for problem in passing)
    assert any("The cheat empty-file (python)" in problem for problem in passing)


async def test_a_lab_that_asks_everybody_the_same_falls_to_who_knows_it_by_heart(ask, lab):
    lab.replace("checks.py", "random.choice(names)", "names[0]")
    lab.replace("checks.py", ", hidden=True", "")

    record = await ask(5)

    (problem,) = record.gates[0].problems
    assert "The cheat knows-it-by-heart (python)" in problem
    assert "draw inputs from `random`" in problem


async def test_values_that_json_has_no_word_for_are_known_by_heart_too(ask, lab):
    lab.replace("checks.py", "random.choice(names)", "names[0]")
    lab.replace("checks.py", ", hidden=True", "")
    lab.replace("checks.py", '== f"Hello, {name}."', '== (f"Hello, {name}.", {1: {name}})')
    lab.replace(
        "solutions/python/greeting.py", 'f"Hello, {name}."', '(f"Hello, {name}.", {1: {name}})'
    )

    record = await ask(5)

    (problem,) = record.gates[0].problems
    assert "The cheat knows-it-by-heart (python)" in problem


async def test_every_cheat_is_named_where_all_are_rejected(ask, lab):  # noqa: ARG001
    record = await ask(5)

    assert record.passed
    assert (
        "11 of 11 rejected (empty-file, says-all-passed, leaves-at-once" in record.gates[0].notes[0]
    )
    assert all(trial.ending.check for trial in record.cheats)


async def test_a_lab_without_headroom_is_told_which_limit_to_raise(ask, lab):
    lab.replace("lab.toml", "wall_seconds = 20", "wall_seconds = 20\noutput_bytes = 100")
    lab.replace("solutions/python/greeting.py", "def greet", 'print("-" * 59)\n\n\ndef greet')

    record = await ask(7)

    (problem,) = record.gates[0].problems
    assert "60 bytes of 100 bytes of output (60%)" in problem
    assert "Raise `output_bytes` in lab.toml" in problem


async def test_the_record_keeps_survivors_cheats_and_headroom(ask, unseen):
    record = await ask(4, 5, 7)

    written = json.loads(write_record(unseen.folder, record).read_text())

    assert written["verified"] is False
    assert written["mutant_seed"] == 1
    assert UNSEEN["becomes"] in [each["becomes"] for each in written["mutants"][0]["survivors"]]
    assert {"stack", "name", "sentence", "outcome", "caught_by"} == written["cheats"][0].keys()
    assert written["headroom"]["run_seconds"]["limit"] == 10

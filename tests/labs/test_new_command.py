"""`milepost labs new`: a lab that works from the first moment, and nothing overwritten."""

import ast
import itertools
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import milepost
from milepost.cli.commands.labs import app
from milepost.engine import Engine
from milepost.engine.backing.registry import list_components
from milepost.labs import list_kinds, list_scaffold_stacks, load_lab
from milepost.labs.scaffolding.parts import find_stack_folder, list_files
from milepost.labs.verification import Plan, verify_lab

GREETING = ("--objective", "manners.greeting")


EVERY_SERVICE = [each.name for each in list_components()]


def options(name, values):
    return [part for value in values for part in (f"--{name}", value)]


@pytest.fixture
def new(content):
    def invoke(*arguments):
        return CliRunner().invoke(app, ["new", *arguments, "--content", str(content)])

    return invoke


@pytest.fixture
def skill(content):
    folder = content / "politeness" / "1-manners"
    described = (folder / "skill.toml").read_text()
    (folder / "skill.toml").write_text(f'{described}[[objectives]]\nslug = "thanking"\n')
    return folder


@pytest.fixture
def labs(skill):
    return skill / "labs"


STACKS_AND_KINDS = [
    pytest.param(stack, kind, id=f"{stack}-{kind.name}")
    for stack, kind in itertools.product(list_scaffold_stacks(), list_kinds())
    if find_stack_folder(stack, kind).is_dir()
]


@pytest.mark.parametrize(("stack", "kind"), STACKS_AND_KINDS)
def test_a_lab_loads_on_every_stack_and_kind(new, labs, stack, kind):
    result = new("word-count", *GREETING, "--stack", stack, "--kind", kind.name)

    assert result.exit_code == 0, result.output
    lab = load_lab(labs / "word-count")
    assert lab.stacks == (stack,)
    assert lab.objectives == ("manners.greeting",)
    assert {check.objectives for check in lab.checks} == {("manners.greeting",)}
    assert lab.hidden_checks == 1
    assert lab.hints
    assert "labs verify word-count" in result.stdout


def test_what_labs_begin_with_can_be_compiled_as_installing_does():
    source = Path(milepost.__file__).parent
    files = [path for path in source.rglob("*.py") if "scaffold" in path.parts]

    assert files
    for path in files:
        ast.parse(path.read_text(), path.name)


def test_bytecode_that_installing_leaves_is_no_part_of_a_lab(tmp_path):
    (tmp_path / "starter" / "__pycache__").mkdir(parents=True)
    (tmp_path / "starter" / "__pycache__" / "count.cpython-311.pyc").write_bytes(b"\xa7")
    (tmp_path / "starter" / "count.py").write_text("")

    assert list_files(tmp_path) == ["starter/count.py"]


@pytest.mark.parametrize(("stack", "kind"), STACKS_AND_KINDS)
def test_a_drill_loads_on_every_stack_and_kind(new, skill, stack, kind):
    result = new("--drill", *GREETING, "--stack", stack, "--kind", kind.name)

    assert result.exit_code == 0, result.output
    drill = load_lab(skill / "drills" / "greeting")
    assert drill.is_drill
    assert drill.slug == "drill-greeting"
    assert drill.hidden_checks == 0
    assert "labs verify drill-greeting" in result.stdout


def test_every_shipped_stack_can_be_begun_with():
    assert set(list_scaffold_stacks()) == {
        *("django", "express", "fastapi", "go", "mysql", "node", "python", "sql")
    }


@pytest.mark.parametrize("stacks", [("fastapi", "express", "django", "go"), ("node", "python")])
def test_it_loads_on_several_stacks_of_one_kind(new, labs, stacks):
    assert new("counting", *GREETING, *options("stack", stacks)).exit_code == 0

    lab = load_lab(labs / "counting")
    assert {answer.stack for answer in lab.solutions()} == set(stacks)
    assert {flaw.over for flaw in lab.flawed()} == set(stacks[:2])


@pytest.mark.parametrize("component", EVERY_SERVICE)
def test_every_component_brings_a_check_that_uses_it(new, labs, component):
    result = new("kept", *GREETING, "--stack", "fastapi", "--service", component)

    assert result.exit_code == 0, result.output
    assert load_lab(labs / "kept").grading.services == (component,)
    checks = (labs / "kept" / "checks.py").read_text()
    assert f"{component}.start(" in checks or f", {component}, random" in checks


def test_several_objectives_each_have_a_wrong_answer(new, labs):
    result = new("both", "--objective", "1-manners.greeting", "--objective", "manners.thanking")

    assert result.exit_code == 0, result.output
    lab = load_lab(labs / "both")
    assert [flaw.lacks for flaw in lab.flawed()] == [("manners.greeting",), ("manners.thanking",)]


def test_hints_lead_to_the_lesson_of_the_objective_where_there_is_one(new, skill, labs):
    lessons = skill / "lessons"
    lessons.mkdir()
    (lessons / "greeting.md").write_text("# Greeting\n\n## Try it\n\n…\n\n## Say the name\n\n…\n")

    assert new("named", *GREETING).exit_code == 0

    hints = tomllib.loads((labs / "named" / "hints.toml").read_text())
    assert [each["lesson"] for each in hints.values()] == ["manners.greeting#say-the-name"]
    load_lab(labs / "named")


@pytest.mark.parametrize(
    "arguments",
    [
        ("lamps", "--stack", "sql"),
        pytest.param(("lamps", "--stack", "mysql"), marks=pytest.mark.needs_mariadb),
        ("words", "--stack", "python", *options("service", ("redis", "upstream", "postgres"))),
        ("--drill", "--stack", "node"),
    ],
    ids=" ".join,
)
async def test_what_it_makes_passes_all_gates(new, skill, tmp_path, arguments):
    assert new(*arguments, *GREETING).exit_code == 0
    folder = next(skill.glob("*/*/lab.toml")).parent

    async with Engine(runtime_dir=tmp_path / "engine") as engine:
        plan = Plan(seeds=(1,), repeats=1, spoiled_runs=5)
        record = await verify_lab(load_lab(folder), engine, plan)

    assert [gate.problems for gate in record.gates] == [()] * 7
    assert record.verified


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Word Count", *GREETING), "small letters"),
        ((*GREETING,), "A lab needs a name"),
        (("taken", *GREETING), "exists already"),
        (("fine", "--objective", "manners.greting"), "Did you mean manners.greeting"),
        (("fine", "--objective", "juggling.greeting"), "Did you mean manners.greeting"),
        (("fine", "--objective", "zzz"), "There is: manners.greeting, manners.thanking."),
        (("fine", *GREETING, "--stack", "sql", "--stack", "node"), "of one kind"),
        (("fine", *GREETING, "--stack", "cobol"), "There is: django"),
        (("fine", *GREETING, "--kind", "dance"), "There is: function"),
        (("fine", *GREETING, "--kind", "service"), "No lab can begin on python"),
        (("fine", *GREETING, "--service", "carrier-pigeon"), "There is: balancer"),
        (("fine", *GREETING, "--service", "balancer"), "It has one for checks of the kind service"),
        (("fine", *GREETING, "--stack", "sql", "--service", "redis"), "no example"),
        (("fine", "--drill", *GREETING), "named after its objective"),
        (("--drill", *GREETING, "--objective", "manners.thanking"), "practises one objective"),
        (("--drill", "--objective", "manners.thanking"), "has a drill already"),
        (
            ("--drill", *GREETING, "--stack", "fastapi", *options("service", EVERY_SERVICE)),
            "at most 5 checks",
        ),
    ],
)
def test_what_cannot_be_made_is_told_and_leaves_nothing(new, skill, arguments, said):
    (skill / "labs" / "taken").mkdir(parents=True)
    (skill / "drills" / "thanking").mkdir(parents=True)

    result = new(*arguments)

    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert [folder.name for folder in skill.glob("*/*")] == ["taken", "thanking"]
    assert list(skill.glob("*/*/*")) == []

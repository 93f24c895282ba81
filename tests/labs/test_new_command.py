"""`milepost labs new`: a lab that works from the first moment, and nothing overwritten."""

import pytest
from typer.testing import CliRunner

from milepost.cli.labs import app
from milepost.engine import Engine
from milepost.labs import list_scaffold_stacks, load_lab
from milepost.labs.verification import Plan, verify_lab


@pytest.fixture
def new(content):
    def invoke(*arguments):
        return CliRunner().invoke(app, ["new", *arguments, "--content", str(content)])

    return invoke


@pytest.fixture
def labs(content):
    return content / "politeness" / "1-manners" / "labs"


@pytest.mark.parametrize("stack", list_scaffold_stacks())
def test_it_loads_on_every_stack(new, labs, stack):
    result = new("word-count", "--skill", "manners", "--stack", stack)

    assert result.exit_code == 0, result.output
    lab = load_lab(labs / "word-count")
    assert lab.stacks == (stack,)
    assert lab.objectives == ("manners.greeting",)
    assert "labs verify word-count" in result.stdout


@pytest.mark.parametrize("stacks", [("fastapi", "express", "django"), ("node", "python")])
def test_it_loads_on_several_stacks_of_one_kind(new, labs, stacks):
    options = [part for stack in stacks for part in ("--stack", stack)]

    assert new("counting", "--skill", "1-manners", *options).exit_code == 0
    assert {answer.stack for answer in load_lab(labs / "counting").solutions()} == set(stacks)


def test_a_lab_can_begin_with_services(new, labs):
    result = new(
        "kept",
        "--skill",
        "manners",
        "--stack",
        "fastapi",
        "--service",
        "redis",
        "--service",
        "postgres",
    )

    assert result.exit_code == 0, result.output
    assert load_lab(labs / "kept").services == ("redis", "postgres")


async def test_what_it_makes_for_sql_passes_all_gates(new, labs, tmp_path):
    assert new("lamps", "--skill", "manners", "--stack", "sql").exit_code == 0

    async with Engine(runtime_dir=tmp_path / "engine") as engine:
        record = await verify_lab(load_lab(labs / "lamps"), engine, Plan(seeds=(1,), repeats=1))

    assert [gate.problems for gate in record.gates] == [()] * 7
    assert record.verified


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Word Count", "--skill", "manners"), "small letters"),
        (("taken", "--skill", "manners"), "exists already"),
        (("fine", "--skill", "juggling"), "politeness/1-manners"),
        (("fine", "--skill", "manners", "--stack", "sql", "--stack", "node"), "of one kind"),
        (("fine", "--skill", "manners", "--stack", "cobol"), "of one kind"),
        (("fine", "--skill", "manners", "--service", "carrier-pigeon"), "There is: postgres"),
    ],
)
def test_what_cannot_be_made_is_told_and_leaves_nothing(new, labs, arguments, said):
    (labs / "taken").mkdir(parents=True)

    result = new(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert [folder.name for folder in labs.iterdir()] == ["taken"]
    assert list((labs / "taken").iterdir()) == []

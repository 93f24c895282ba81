"""The authors' guide shows what the reader of labs accepts."""

import ast
import inspect
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from milepost.cli.labs import app
from milepost.engine import Limits
from milepost.engine.checks.plugin import GradingPlugin
from milepost.labs import GATES
from milepost.labs.checks_file import CheckBinding, read_checks
from milepost.labs.equivalents import read_equivalents
from milepost.labs.manifest import read_manifest
from milepost.labs.tables import parse_toml


@pytest.fixture(scope="module")
def guide():
    return (Path(__file__).parents[2] / "docs" / "guides" / "authors.md").read_text("utf-8")


def block(guide, language, holding):
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    return next(text for text in blocks if holding in text)


def test_its_manifest_and_checks_are_accepted(guide):
    problems = []

    manifest = read_manifest(block(guide, "toml", "[entry.python]").encode(), problems)
    binding = CheckBinding([task.slug for task in manifest.tasks], manifest.objectives)
    checks = read_checks(ast.parse(block(guide, "python", "@check")), binding, problems)

    assert problems == []
    assert [check.name for check in checks] == ["test_runs_of_spaces_count_once"]


def test_its_check_of_two_fixtures_is_accepted(guide):
    binding = CheckBinding(["count-words"], ["language.functions"])
    tree = ast.parse(block(guide, "python", "redis.commands"))

    [check] = read_checks(tree, binding, problems := [])

    assert problems == []
    assert check.name == "test_one_text_is_counted_once"


def test_its_flaw_has_every_field(guide):
    flaw = parse_toml(block(guide, "toml", "misconception").encode(), "flaw.toml", problems := [])

    assert problems == []
    assert flaw.keys() == {"over", "title", "lacks", "fails", "misconception"}


def test_it_names_every_limit(guide):
    assert [field.name for field in fields(Limits) if field.name not in guide] == []


def test_its_first_two_commands_lead_from_nothing_to_a_verified_lab(guide, content):
    first, second, *_ = block(guide, "", "labs new").splitlines()
    wanted = block(guide, "text", "word-count: verified").splitlines()

    made = run(first.replace("1-language", "1-manners"), content)
    verified = run(second, content)

    assert made.exit_code == verified.exit_code == 0, made.output + verified.output
    said = verified.stdout.splitlines()
    missing = [line for line in wanted if "closest" not in line and not told(line, said)]
    assert missing == []


def run(command, content):
    program, group, *arguments = shlex.split(command)
    assert (program, group) == ("milepost", "labs")
    return CliRunner().invoke(app, [*arguments, "--content", str(content)])


def told(line, said):
    """Whether a line of the guide was printed; an ellipsis stands for the rest of it."""
    begin = line.removesuffix("…)")
    return any(each.startswith(begin) for each in said)


def test_it_explains_a_mutant_as_the_reader_of_reasons_wants_it(guide):
    [reason] = read_equivalents(block(guide, "toml", "[[equivalent]]").encode(), problems := [])

    assert problems == []
    assert reason.was != reason.becomes


def test_it_names_every_gate_and_option_of_verify(guide):
    said = run("milepost labs verify --help", Path()).output
    options = set(re.findall(r"--[a-z-]+", guide))

    assert all(f"| {gate} | " in guide for gate in GATES)
    assert {"--only-gate", "--mutants", "--mutant-seed", "--no-record", "--seed"} <= options
    assert "--only-gate" in said


def test_it_names_every_fixture(guide):
    fixtures = re.findall(r'@pytest.fixture\(name="(\w+)"\)', inspect.getsource(GradingPlugin))
    offered = [name for name in fixtures if not name.startswith("milepost_")]

    assert {"program", "solution", "postgres"} <= set(offered)
    assert [name for name in offered if f"`{name}`" not in guide] == []

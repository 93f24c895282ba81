"""`milepost labs run` from the outside: one answer graded, and all that its checks saw."""

import json

import pytest
import typer
from typer.testing import CliRunner

from milepost.cli.commands.labs.run import run as run_command
from milepost.labs import load_lab


@pytest.fixture
def run(content):
    app = typer.Typer()
    app.command()(run_command)

    def invoke(*arguments):
        return CliRunner().invoke(app, [*arguments, "--content", str(content)])

    return invoke


def test_a_right_answer_passes_and_one_check_can_be_looked_into(run, lab):
    name = load_lab(lab.folder).checks[0].name

    result = run("greeting", "solutions/python", "--seed", "7", "--check", name)

    assert result.exit_code == 0, result.output
    assert "✓ Passed" in result.stdout
    assert name in result.stdout
    assert "greet(" in result.stdout
    assert "labs run greeting solutions/python --seed 7" in " ".join(result.stdout.split())


def test_a_wrong_answer_is_shown_with_all_that_was_seen_hidden_checks_too(run, lab):
    [flaw] = load_lab(lab.folder).flawed()[:1]

    result = run("greeting", f"flawed/{flaw.name}")

    assert result.exit_code == 1, result.output
    assert all(name in result.stdout for name in flaw.fails)
    assert "greet(" in result.stdout
    assert "only its title is told" not in result.stdout


def test_scripts_get_the_whole_report(run, lab):
    [flaw] = load_lab(lab.folder).flawed()[:1]

    result = run("greeting", f"flawed/{flaw.name}", "--seed", "7", "--json")

    report = json.loads(result.stdout)
    assert (report["verdict"], report["seed"], report["lab"]) == ("failed", 7, "greeting")
    failed = {each["name"] for each in report["checks"] if each["outcome"] != "passed"}
    assert failed == flaw.fails


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("nowhere", "solutions/python"), "greeting"),
        (("greeting", "solutions/cobol"), "solutions/python"),
        (("greeting", "solutions/python", "--check", "test_nothing"), "test_"),
    ],
    ids=["lab", "answer", "check"],
)
def test_what_is_not_there_is_refused_with_what_is(run, lab, arguments, named):  # noqa: ARG001
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "There is no" in result.stderr
    assert named in result.stderr


@pytest.mark.parametrize("name", ["no-guard", "flawed/no-guard.toml", "flawed/no-guard/"])
def test_a_wrong_answer_is_found_by_its_name_or_its_file(run, lab, name):
    flaw = next(each for each in load_lab(lab.folder).flawed() if each.name == "no-guard")

    result = run("greeting", name, "--seed", "7", "--json")

    report = json.loads(result.stdout)
    failed = {each["name"] for each in report["checks"] if each["outcome"] != "passed"}
    assert report["answer"] == "flawed/no-guard"
    assert failed == flaw.fails


def test_a_name_of_several_answers_is_refused_with_their_places(run, lab):  # noqa: ARG001
    result = run("greeting", "python")

    assert result.exit_code == 2
    assert "starter/python or solutions/python" in " ".join(result.stderr.split())


def test_a_flaw_that_no_longer_fits_its_solution_is_not_run_but_explained(run, lab):
    lab.write_edited_flaw().replace("solutions/python/greeting.py", "Hello", "Good day")

    result = run("greeting", "no-guard")

    assert result.exit_code == 2
    assert "flawed/no-guard.toml, [[edit]] 1: `find` is not in" in " ".join(result.stderr.split())


def test_a_limit_that_a_stack_has_of_its_own_is_the_one_that_is_told(run, lab):
    lab.replace("lab.toml", "[entry", "[limits.python]\nmemory_bytes = 67_108_864\n\n[entry")
    lab.write("solutions/python/greeting.py", "kept = bytearray(120 * 1024 * 1024)\n")

    result = run("greeting", "solutions/python", "--seed", "7")

    assert result.exit_code == 1, result.output
    assert "64 MiB" in result.stdout
    assert "256 MiB" not in result.stdout

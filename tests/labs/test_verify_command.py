"""`milepost labs verify` from the outside: words, JSON, exit codes, the record it leaves."""

import json
import re

import pytest
import typer
from typer.testing import CliRunner

from milepost.cli.commands.labs.verify import verify

QUICK = ("--seeds", "1", "--repeats", "1")


@pytest.fixture
def run(content, own_data):  # noqa: ARG001 - verify reads where it is
    app = typer.Typer()
    app.command()(verify)

    def invoke(*arguments):
        return CliRunner().invoke(app, [*arguments, "--content", str(content), *QUICK])

    return invoke


def test_a_verified_lab_ends_with_0_and_keeps_its_record(run, lab):
    result = run("greeting", "--seed", "7")

    assert result.exit_code == 0
    assert "greeting: verified" in result.stdout
    assert re.search(
        r"greeting: some \d+ runs, how long they take shows", result.stderr
    )  # how much there is to wait for
    assert json.loads((lab.folder / "verified.json").read_text())["seeds"] == [7]


def test_a_lab_that_is_not_verified_ends_with_1_and_says_why(run, lab):
    lab.write("solutions/python/greeting.py", "def greet(name):\n    return 'Hi'\n")

    result = run("greeting", "--no-record")

    assert result.exit_code == 1
    assert "greeting: not verified" in result.stdout
    assert "solutions/python" in result.stdout
    assert not (lab.folder / "verified.json").exists()


def test_a_broken_lab_does_not_keep_others_from_being_verified(run, make_lab):
    make_lab("greeting")
    make_lab("farewell").remove("brief.md")

    result = run("--all", "--json", "--no-record")

    assert result.exit_code == 1
    farewell, greeting = json.loads(result.stdout)["labs"]
    assert greeting["verified"] is True
    assert farewell["verified"] is False
    assert farewell["gates"][0]["gate"] == 6
    assert farewell["gates"][0]["problems"] == ["brief.md is missing. Every lab has one."]


@pytest.mark.parametrize("arguments", [(), ("nowhere",), ("greeting", "--all")])
def test_wrong_use_ends_with_2_and_a_sentence(run, lab, arguments):  # noqa: ARG001 - it exists
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.strip().endswith(".")


def test_one_gate_can_be_asked_alone_and_leaves_no_record(run, lab):
    result = run("greeting", "--only-gate", "4", "--only-gate", "7")

    assert result.exit_code == 0
    assert "greeting: passed gate 4, 7; verified is who passes all seven" in result.stdout
    assert "gate 3" not in result.stdout
    assert "2 of 2 mutants caught" in result.stdout
    assert "closest: " in result.stdout
    assert not (lab.folder / "verified.json").exists()


def test_survivors_are_printed_with_their_lines(run, lab):
    lab.write(
        "solutions/python/greeting.py",
        """
        def greet(name):
            if len(name) > 40:
                return None
            return f"Hello, {name}." if name else None
        """,
    )

    result = run("greeting", "--only-gate", "4")

    assert result.exit_code == 1
    assert "greeting: not verified" in result.stdout
    assert "60% of its mutants are caught, and 90% are asked" in result.stdout
    assert "          - if len(name) > 40:\n          + if len(name) > 41:" in result.stdout


def test_gates_that_do_not_exist_are_refused(run, lab):  # noqa: ARG001 - it exists
    assert run("greeting", "--only-gate", "8").exit_code == 2


FEW = ("greeting", "--only-gate", "2", "--only-gate", "4")


def test_a_second_time_says_what_was_known_and_how_to_run_it_all_the_same(run, lab):  # noqa: ARG001
    first = run(*FEW)
    seeds = re.search(r"seeds: \d+", first.stdout)

    again = run(*FEW)

    assert "known from before" not in first.stdout
    assert "kept: 3 of 3 runs are known from before, with the same inputs; --fresh" in again.stdout
    assert seeds
    assert seeds[0] in again.stdout  # with other seeds nothing would be known


def test_fresh_runs_everything_with_new_seeds(run, lab):  # noqa: ARG001 - it exists
    first = run(*FEW)

    fresh = run(*FEW, "--fresh")

    assert fresh.exit_code == 0
    assert "known from before" not in fresh.stdout
    first_seeds, fresh_seeds = (re.findall(r"seeds: .*", each.stdout) for each in (first, fresh))
    assert first_seeds != fresh_seeds


def test_nothing_is_kept_in_the_folder_of_a_lab(run, lab, own_data):
    before = {path.name for path in lab.folder.rglob("*")}

    run(*FEW)

    assert {path.name for path in lab.folder.rglob("*")} == before
    assert list((own_data / "cache" / "verification" / "greeting").rglob("*.json"))

"""`milepost stacks`: what is there, what is not, and the command that fixes it."""

import json

import pytest

from harness.installation import run_milepost


def test_stacks_are_listed_for_scripts_with_what_fixes_those_that_are_missing(tmp_path) -> None:
    answer = run_milepost("stacks", "list", "--json", MILEPOST_STACKS_DIR=str(tmp_path))

    stacks = {stack["name"]: stack for stack in json.loads(answer.stdout)["stacks"]}
    assert answer.returncode == 0
    assert stacks["python"]["ready"]
    assert not stacks["fastapi"]["ready"]
    assert stacks["fastapi"]["fix"] == "Run: milepost stacks install fastapi"


def test_stacks_are_listed_for_people(tmp_path) -> None:
    answer = run_milepost("stacks", "list", MILEPOST_STACKS_DIR=str(tmp_path))

    assert "not ready" in answer.stdout
    assert "milepost stacks install django" in answer.stdout


@pytest.mark.needs_isolated_tier
def test_a_stack_is_tested_once_on_a_machine_and_has_nothing_to_install(tmp_path) -> None:
    first, second = (
        run_milepost("stacks", "install", "python", MILEPOST_STACKS_DIR=str(tmp_path))
        for _ in range(2)
    )

    assert (first.returncode, first.stderr) == (0, "Tested the stack python\n")
    assert (second.returncode, second.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["python.selftest.json"]


def test_an_unknown_stack_is_used_wrongly_and_the_known_are_named() -> None:
    answer = run_milepost("stacks", "install", "cobol")

    assert answer.returncode == 2
    assert "fastapi" in answer.stderr

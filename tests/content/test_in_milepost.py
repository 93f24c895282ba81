"""*The eight skills in Milepost* tells the truth: what it names exists and can be shown."""

import importlib
import os
import re
import tomllib
from pathlib import Path

import pytest

from milepost.cli import COMMANDS
from milepost.web.rendering.sources import ProjectSource

ROOT = Path(__file__).parents[2]
FILE = ROOT / "content" / "backend-developer" / "in-milepost.toml"
ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["objective"]


def rows_that_show(*kinds):
    return [pytest.param(row, id=row["id"]) for row in ROWS if row["shows"] in kinds]


def test_every_objective_of_the_path_has_one_row(skills):
    objectives = [
        f"{skill['slug']}.{each['slug']}" for skill in skills for each in skill["objectives"]
    ]

    assert [row["id"] for row in ROWS] == objectives


def test_every_row_says_something_and_nothing_made_up():
    for row in ROWS:
        assert re.fullmatch(r".{30,}[.]", row["sentence"]), row
        assert bool(row.get("ref")) == (row["shows"] in {"symbol", "test", "command"}), row


@pytest.mark.parametrize("row", rows_that_show("symbol", "test"))
def test_the_source_viewer_can_show(row):
    assert ProjectSource(ROOT).find_symbol(row["ref"]) is not None


@pytest.mark.parametrize("row", rows_that_show("symbol"))
def test_the_symbol_can_be_imported(row):
    module, _, name = row["ref"].partition(":")

    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize("row", rows_that_show("test"))
def test_the_test_is_one_that_pytest_runs(row):
    module, _, name = row["ref"].partition(":")

    assert module.startswith("tests.")
    assert module.rpartition(".")[2].startswith("test_")
    assert name.startswith("test_")


@pytest.mark.parametrize("row", rows_that_show("command"))
def test_the_command_exists(row):
    program, _, argument = row["ref"].partition(" ")
    if program == "make":
        assert re.search(rf"^{argument}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    elif program == "milepost":
        assert argument.split()[0] in COMMANDS
    else:
        assert os.access(ROOT / program, os.X_OK)

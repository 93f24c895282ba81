"""The authors' guide shows what the reader of labs accepts."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from milepost.engine import Limits
from milepost.labs.checks_file import CheckBinding, read_checks
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


def test_its_flaw_has_every_field(guide):
    flaw = parse_toml(block(guide, "toml", "misconception").encode(), "flaw.toml", problems := [])

    assert problems == []
    assert flaw.keys() == {"over", "title", "lacks", "fails", "misconception"}


def test_it_names_every_limit(guide):
    assert [field.name for field in fields(Limits) if field.name not in guide] == []

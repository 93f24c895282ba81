"""`milepost components`: what labs run against here, and building what can be built."""

import json

from harness.installation import run_milepost
from milepost.engine.backing.registry import list_components


def test_components_are_listed_for_scripts():
    answer = run_milepost("components", "list", "--json")

    found = {each["name"]: each for each in json.loads(answer.stdout)["components"]}
    assert answer.returncode == 0
    assert found.keys() == {component.name for component in list_components()}
    assert found["upstream"] == {
        "name": "upstream", "ready": True, "detail": "needs no server", "fix": "",
    }  # fmt: skip


def test_components_are_listed_for_people():
    answer = run_milepost("components", "list")

    assert answer.returncode == 0
    assert "postgres" in answer.stdout


def test_component_that_is_not_built_here_is_refused_with_those_that_are():
    answer = run_milepost("components", "install", "redis")

    assert answer.returncode == 2
    assert "Milepost builds nothing for a component 'redis'" in answer.stderr
    assert "It builds: mongo" in answer.stderr

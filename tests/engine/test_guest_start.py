"""What a guest's first process imports before it is ready: every guest pays for it."""

import json
import subprocess

import pytest

from milepost.engine.guests.submitted_imports import find_imports
from milepost.engine.protocol import plain_json
from milepost.engine.protocol.guest import Submitted
from milepost.engine.stacks.runtimes import find_interpreter

DEAR = {"collections", "contextlib", "dataclasses", "enum", "functools", "json", "re", "runpy"}
DEAR |= {"selectors", "signal", "socket", "typing"}
IMPORTS = "import milepost.engine.agent.launcher, milepost.engine.agent.harness, sys"
VALUES = [
    {},
    [],
    {"a": [1, -2, 3.5, 1e300, True, False, None, "", 'é"\\\n\x00\ud800', {"deep": [[[]]]}]},
    {"big": 2**70, "numbers": [0.1, 1e-7]},
    "text",
    7,
    None,
]


@pytest.fixture
def guest_code(tmp_path, checkout):
    """A folder in which the guest's code lies alone, as a sandbox shows it."""
    folder = tmp_path / "milepost" / "engine"
    folder.mkdir(parents=True)
    for name in ("agent", "protocol"):
        (folder / name).symlink_to(checkout / "src" / "milepost" / "engine" / name)
    return tmp_path


def test_launcher_starts_without_the_dear_modules_of_the_standard_library(guest_code):
    program = f"{IMPORTS}; print(*sorted(sys.modules))"

    answer = subprocess.run(
        [find_interpreter().executable, "-P", "-s", "-S", "-c", program],
        env={"PYTHONPATH": str(guest_code)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert DEAR & set(answer.stdout.split()) == set()


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_json_is_what_the_json_package_writes_and_reads(value):
    written = json.dumps(value, separators=(",", ":"))

    assert plain_json.write(value) == written
    assert plain_json.read(written.encode()) == value


@pytest.mark.parametrize("text", ["", "{", '{"a":1', "{} {}", "[1,]", "nul", '"\\x"', '"\n"'])
def test_plain_json_refuses_what_is_no_json(text):
    with pytest.raises(ValueError, match=r"\S"):
        plain_json.read(text.encode())


def test_plain_json_does_not_guess_what_a_value_was_meant_to_be():
    with pytest.raises(TypeError, match="object is no JSON"):
        plain_json.write({"a": object()})


def test_imports_of_a_submission_are_told_by_what_may_be_done_with_them():
    files = {
        "main.py": b"import json, re as r, os.path\nfrom app.types import T\nurllib.parse.x\n",
        "app/types.py": b"from typing import Any\nimport numpy\n",
        "app/re.py": b"import sys\nsys.path.append('x')\n",
        "notes.txt": b"import uuid\n",
    }

    told = find_imports(files)

    assert told == Submitted(
        wanted=["json", "os.path", "typing"],
        own=["app", "main", "re", "types"],
        used=["urllib.parse"],
        changes_path=True,
        looks_at_processes=False,
    )


def test_imports_of_nothing_are_nothing():
    told = find_imports({"main.mjs": b"import fs from 'node:fs';"})

    assert told == Submitted([], [], [], changes_path=False, looks_at_processes=False)

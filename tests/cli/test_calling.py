"""What is printed can be typed as it stands: by name where the shell finds it, else by its path."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.cli.output.invocation import find_call, typeable

OWN = Path(sys.executable).parent / "milepost"
SYSTEM = "/usr/bin:/bin"


@pytest.fixture(autouse=True)
def forget():
    find_call.cache_clear()
    yield
    find_call.cache_clear()


def test_on_path_it_is_called_by_its_name(monkeypatch) -> None:
    monkeypatch.setenv("PATH", f"{OWN.parent}{os.pathsep}{SYSTEM}")

    assert typeable("Run `milepost login` first.") == "Run `milepost login` first."


def test_elsewhere_by_its_whole_path(monkeypatch) -> None:
    monkeypatch.setenv("PATH", SYSTEM)

    assert typeable("Run: milepost stacks install x") == f"Run: {OWN} stacks install x"
    assert typeable("`milepost on ada` and `milepost`") == f"`{OWN} on ada` and `milepost`"
    assert subprocess.run([find_call(), "--version"], check=False).returncode == 0


def test_another_milepost_or_one_that_a_folder_hides_is_not_named(monkeypatch, tmp_path) -> None:
    other = tmp_path / "milepost"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_call() == str(OWN)


def test_a_path_with_blanks_is_quoted(monkeypatch, tmp_path) -> None:
    folder = tmp_path / "my tools"
    folder.mkdir()
    (folder / "milepost").touch()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", SYSTEM)

    assert shlex.split(find_call()) == [str(folder / "milepost")]


async def test_the_steps_of_a_lab_can_be_typed(terminal, live_server, make) -> None:
    terminal.log_in(live_server, await make.learner())
    await make.lab()

    answer = await terminal.run("start", "adding", PATH=SYSTEM, COLUMNS="40")
    typed = next(line for line in answer.out.splitlines() if line.startswith("  check"))
    words = shlex.split(typed.split("`")[1])

    assert "cd adding" in answer.out
    assert words == [str(OWN), "check"]

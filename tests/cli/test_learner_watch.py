"""`milepost check --watch`: runs on save, outlives bad files, and ends cleanly."""

import signal

import pytest

from factories.content import RIGHT, VISIBLE, WRONG
from harness.terminal import read_until

ENDLESS = "def add(a, b):\n    while True:\n        pass\n"


@pytest.fixture
async def folder(terminal, live_server, make):
    terminal.log_in(live_server, await make.learner())
    await make.lab()
    started = await terminal.run("start", "adding")
    assert started.exit_code == 0, started.err
    return terminal.folder / "adding"


def save(folder, text):
    (folder / "adding.py").write_text(text)


@pytest.fixture
async def watch(terminal, folder):
    """A watch on the wrong answer."""
    save(folder, WRONG["adding.py"])
    process = await terminal.start("check", "--watch", cwd=folder)
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_a_save_runs_the_checks_again_and_an_interruption_ends_it(folder, watch):
    first = await read_until(watch, "Watching")
    save(folder, RIGHT["adding.py"])
    second = await read_until(watch, "Watching")
    watch.send_signal(signal.SIGINT)
    rest, complaints = await watch.communicate()

    assert "Failed: 0 of 1 checks passed." in first
    assert "changed: adding.py" in second
    assert f"✓ passed    {VISIBLE.title}" in second
    assert "Stopped watching." in rest.decode()
    assert (watch.returncode, complaints) == (130, b"")


async def test_a_save_ends_the_run_that_it_overtakes(folder, watch):
    await read_until(watch, "Watching")
    save(folder, ENDLESS)
    await read_until(watch, "changed: adding.py")
    save(folder, RIGHT["adding.py"])
    seen = await read_until(watch, "Passed")

    assert "timed out" not in seen


async def test_a_file_that_cannot_be_checked_is_named_and_its_fixing_waited_for(folder, watch):
    await read_until(watch, "Watching")
    (folder / "adding.py").write_bytes(b"\xff")
    refused = await read_until(watch, "Watching")
    save(folder, RIGHT["adding.py"])
    await read_until(watch, "Passed")
    watch.send_signal(signal.SIGINT)
    _, complaints = await watch.communicate()

    assert "0 of 1" not in refused
    assert "adding.py is not UTF-8 text" in complaints.decode()


async def test_what_tools_leave_behind_runs_nothing(folder, watch):
    await read_until(watch, "Watching")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "adding.pyc").write_bytes(b"x")
    (folder / ".git" / "index.lock").write_bytes(b"x")
    (folder / "README.md").write_text("Read.")
    (folder / "notes.txt").write_text("A file of the solution.")
    seen = await read_until(watch, "Watching")

    assert "changed: notes.txt\n" in seen


async def test_watching_is_not_for_scripts(terminal, folder):
    answer = await terminal.run("check", "--watch", "--json", cwd=folder)

    assert answer.exit_code == 2

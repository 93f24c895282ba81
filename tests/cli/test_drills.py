"""Drills in a terminal: found, begun and handed in as labs are, and told as practised."""

import pytest

from fakes.grader import FakeGrader

pytestmark = pytest.mark.usefixtures("learner")


@pytest.fixture
async def learner(make, terminal, live_server):
    await make.path("tiny")
    found = await make.learner()
    terminal.log_in(live_server, found)
    return found


async def test_drills_are_listed_apart(terminal, make):
    await make.lab()
    await make.drill()

    labs = await terminal.run("labs", "list")
    drills = await terminal.run("labs", "list", "--drills")

    assert "drill-adding" not in labs.out
    assert "drill-adding  Drill of adding" in drills.out
    assert "Begin one with `milepost start drill-adding`." in drills.out


async def test_without_drills_the_list_says_so(terminal):
    listed = await terminal.run("labs", "list", "--drills")

    assert "No drill is published yet." in listed.out


async def test_a_drill_is_begun_and_handed_in_and_then_practised(terminal, make, queue):
    await make.drill()

    begun = await terminal.run("start", "drill-adding", "--no-git")
    folder = terminal.folder / "drill-adding"
    (folder / "adding.py").write_text("def add(a, b):\n    return a + b\n")
    async with queue.working(FakeGrader()):
        sent = await terminal.run("submit", cwd=folder)
    status = await terminal.run("status")

    assert begun.exit_code == 0, begun.out
    assert (sent.exit_code, sent.err) == (0, "")
    assert "0 of 3 objectives proven, 1 more practised." in sent.out
    assert "0 of 3 objectives proven, 1 more practised" in status.out
    assert "Nothing can be proven here yet, 1 practised" in status.out


async def test_the_visible_checks_of_a_drill_run_offline(terminal, make):
    await make.drill()
    await terminal.run("start", "drill-adding", "--no-git")
    folder = terminal.folder / "drill-adding"

    before = await terminal.run("check", cwd=folder)
    (folder / "adding.py").write_text("def add(a, b):\n    return a + b\n")
    after = await terminal.run("check", cwd=folder)

    assert (before.exit_code, after.exit_code) == (1, 0)
    assert "A number is added to itself" in after.out


async def test_a_misspelt_drill_is_answered_with_the_one_that_comes_close(terminal, make):
    await make.drill()

    refused = await terminal.run("start", "dril-adding")

    assert refused.exit_code == 2
    assert "Did you mean drill-adding?" in refused.err

"""Beginning a lab from a terminal: lists, work folders, and what is never overwritten."""

import json

import pytest

from factories.content import HIDDEN, VISIBLE
from fakes.grader import FakeGrader
from milepost.accounts.types import Track


@pytest.fixture
async def learner(make, terminal, live_server):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    return learner


async def test_labs_are_listed_for_people_and_for_scripts(terminal, learner, make, queue):
    lab = await make.lab()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    for_people = await terminal.run("labs")
    for_scripts = await terminal.run("labs", "list", "--json")

    assert "adding  Adding up" in for_people.out
    assert "passed on" in for_people.out
    (listed,) = for_scripts.json
    assert (listed["slug"], listed["last_verdict"]) == ("adding", "passed")


async def test_beginning_a_lab_writes_everything_that_is_needed(terminal, learner, make):
    assert learner
    lab = await make.lab(checks=(VISIBLE, HIDDEN))

    answer = await terminal.run("start", "adding")

    folder = terminal.folder / "adding"
    assert answer.exit_code == 0
    assert (folder / "adding.py").read_text() == "def add(a, b):\n    return None\n"
    assert (folder / "README.md").read_text().startswith("# Adding up")
    facts = json.loads((folder / ".milepost" / "lab.json").read_text())
    assert (facts["lab"], facts["stack"], facts["version"]) == (
        "adding",
        "python",
        lab.content_hash,
    )
    checks = (folder / ".milepost" / "package" / "checks.py").read_text()
    assert VISIBLE.name in checks
    assert HIDDEN.name not in checks


async def test_the_track_decides_the_stack_unless_one_is_named(terminal, live_server, make):
    await make.lab(stacks=("node", "python"))
    terminal.log_in(live_server, await make.learner())

    by_track = await terminal.run("start", "adding", "by-track")
    by_name = await terminal.run("start", "adding", "by-name", "--stack", "node")

    assert (terminal.folder / "by-track" / "adding.py").exists()
    assert "--stack node" in by_track.out
    assert by_name.exit_code == 0
    assert (terminal.folder / "by-name" / "adding.mjs").exists()


async def test_without_a_track_the_labs_first_stack_is_taken(terminal, live_server, make):
    await make.lab(stacks=("node", "python"))
    terminal.log_in(live_server, await make.learner(track=None))

    await terminal.run("start", "adding")

    assert (terminal.folder / "adding" / "adding.mjs").exists()


async def test_a_track_without_labs_takes_what_there_is(terminal, live_server, make):
    await make.lab(stacks=("node", "python"))
    track = Track(language="cobol", framework="fastapi")
    terminal.log_in(live_server, await make.learner(track=track))

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == 0
    assert (terminal.folder / "adding" / "adding.mjs").exists()


@pytest.mark.usefixtures("learner")
async def test_a_stack_that_is_not_offered_names_those_that_are(terminal, make):
    await make.lab()

    answer = await terminal.run("start", "adding", "--stack", "ruby")

    assert answer.exit_code == 2
    assert "Choose one of: python." in answer.err
    assert not (terminal.folder / "adding").exists()


@pytest.mark.usefixtures("learner")
async def test_a_misspelt_lab_is_answered_with_the_one_that_comes_close(terminal, make):
    await make.lab()

    answer = await terminal.run("start", "ading")

    assert answer.exit_code == 2
    assert "Did you mean adding?" in answer.err


@pytest.mark.usefixtures("learner")
async def test_a_folder_that_holds_anything_is_left_alone(terminal, make):
    await make.lab()
    folder = terminal.folder / "adding"
    folder.mkdir()
    (folder / "adding.py").write_text("mine")

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == 2
    assert "not empty, so nothing was written" in answer.err
    assert [file.name for file in folder.iterdir()] == ["adding.py"]
    assert (folder / "adding.py").read_text() == "mine"


@pytest.mark.usefixtures("learner")
async def test_an_empty_folder_can_be_begun_in(terminal, make):
    await make.lab()
    (terminal.folder / "here").mkdir()

    answer = await terminal.run("start", "adding", ".", cwd=terminal.folder / "here")

    assert answer.exit_code == 0
    assert (terminal.folder / "here" / "adding.py").exists()


@pytest.mark.usefixtures("learner")
async def test_renewing_fetches_the_newest_checks_and_keeps_what_is_mine(terminal, make):
    await make.lab()
    await terminal.run("start", "adding")
    folder = terminal.folder / "adding"
    (folder / "adding.py").write_text("mine")
    newer = await make.lab(title="Adding up, anew")

    answer = await terminal.run("start", "adding", "--renew", cwd=folder)

    assert answer.exit_code == 0
    assert (folder / "adding.py").read_text() == "mine"
    assert "Adding up, anew" in (folder / "README.md").read_text()
    facts = json.loads((folder / ".milepost" / "lab.json").read_text())
    assert facts["version"] == newer.content_hash


async def test_progress_is_shown_for_people_and_for_scripts(terminal, learner, make, queue):
    lab = await make.lab()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    await terminal.run("course", "beyond", "plan")

    for_people = await terminal.run("status")
    for_scripts = await terminal.run("status", "--json")

    assert "Your track is python with fastapi." in for_people.out
    assert "1 of 3 objectives proven" in for_people.out
    assert "Start here: 1 Basics" in for_people.out
    assert "course planned" in for_people.out
    assert for_scripts.json["paths"][0]["start_here"] == "basics"


@pytest.mark.usefixtures("learner")
async def test_a_course_is_planned_started_finished_and_forgotten(terminal, make):
    await make.path()

    for move, state in [
        ("plan", "planned on"),
        ("start", "started on"),
        ("finish", "finished on"),
        ("forget", "not planned"),
    ]:
        answer = await terminal.run("course", "basics", move)
        assert answer.exit_code == 0
        assert state in answer.out

    listed = await terminal.run("courses", "list", "--json")
    assert {course["state"] for course in listed.json} == {"none"}


@pytest.mark.usefixtures("learner")
async def test_a_misspelt_skill_is_answered_with_the_one_that_comes_close(terminal, make):
    await make.path()

    answer = await terminal.run("course", "basic", "plan")

    assert answer.exit_code == 2
    assert "Did you mean basics?" in answer.err


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("command", [("labs",), ("status",), ("courses",)])
async def test_nothing_is_wider_than_the_terminal(terminal, make, columns, command):
    await make.lab(title="A lab whose title is long enough to need a second line on most screens")

    answer = await terminal.run(*command, COLUMNS=str(columns))

    assert answer.exit_code == 0
    assert max(len(line) for line in answer.out.splitlines()) <= columns

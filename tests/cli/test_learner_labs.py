"""Beginning a lab from a terminal: lists, work folders, and what is never overwritten."""

import json
import re
import subprocess

import pytest

from factories.content import HIDDEN, VISIBLE, CheckDraft, write_challenge
from fakes.clock import FakeClock
from fakes.grader import FakeGrader, failed
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


def git(folder, *arguments, **environment):
    answer = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, env=environment
    )
    return answer.stdout.strip()


@pytest.mark.usefixtures("learner")
async def test_a_lab_begins_as_a_git_repository_without_the_labs_checks(terminal, make):
    await make.lab()

    answer = await terminal.run("start", "adding", GIT_CONFIG_NOSYSTEM="1")

    folder = terminal.folder / "adding"
    seen = terminal.environment(GIT_CONFIG_NOSYSTEM="1")
    assert "It is a git repository" in answer.words
    assert git(folder, "log", "--format=%an: %s", **seen) == "Ada: Begin the lab Adding up"
    kept = git(folder, "ls-files", **seen).splitlines()
    assert {"adding.py", "README.md", ".gitignore", ".milepost/lab.json"} <= set(kept)
    assert not [path for path in kept if path.startswith(".milepost/package")]
    assert git(folder, "status", "--porcelain", **seen) == ""
    assert "git did not know you" in answer.words
    assert not (terminal.home / ".gitconfig").exists()


@pytest.mark.usefixtures("learner")
async def test_a_person_that_git_knows_signs_the_first_commit(terminal, make):
    await make.lab()
    (terminal.home / ".gitconfig").write_text(
        "[user]\n name = Grace\n email = grace@example.org\n[init]\n defaultBranch = trunk\n"
    )

    answer = await terminal.run("start", "adding")

    folder = terminal.folder / "adding"
    seen = terminal.environment()
    assert "did not know you" not in answer.words
    assert git(folder, "log", "--format=%an %D", **seen) == "Grace HEAD -> trunk"


@pytest.mark.usefixtures("learner")
async def test_a_repository_around_the_folder_is_left_alone(terminal, make):
    await make.lab()
    git(terminal.folder, "init", "--quiet", **terminal.environment())

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == 0
    assert "lies in your git repository" in answer.words
    assert not (terminal.folder / "adding" / ".git").exists()


@pytest.mark.usefixtures("learner")
async def test_without_git_the_lab_begins_all_the_same(terminal, make):
    await make.lab()

    answer = await terminal.run("start", "adding", PATH=str(terminal.home))

    assert answer.exit_code == 0
    assert "git is not installed" in answer.words
    assert (terminal.folder / "adding" / "adding.py").exists()


@pytest.mark.usefixtures("learner")
async def test_a_clone_gets_the_labs_checks_by_renewing(terminal, make):
    await make.lab()
    await terminal.run("start", "adding")
    git(terminal.folder, "clone", "--quiet", "adding", "clone", **terminal.environment())
    clone = terminal.folder / "clone"

    without = await terminal.run("check", cwd=clone)
    await terminal.run("start", "adding", "--renew", cwd=clone)
    renewed = await terminal.run("check", cwd=clone)

    assert without.exit_code == 2
    assert "milepost start adding --renew" in without.err
    assert renewed.exit_code == 1  # the starter is checked, and fails
    assert git(clone, "status", "--porcelain", **terminal.environment()) == ""


@pytest.mark.usefixtures("learner")
async def test_a_lab_with_a_service_tells_how_to_run_it(terminal, make):
    await make.lab(stacks=("fastapi",))

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == 0
    assert "`milepost serve`" in answer.words


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

    assert "Your track is Python with FastAPI." in for_people.out
    assert "1 of 3 objectives proven" in for_people.out
    assert "1 of the 1 that can be proven" in for_people.out
    assert "Nothing can be proven here yet" in for_people.out
    assert "All that the labs here can prove is proven." in for_people.out
    assert "course planned" in for_people.out
    [path] = for_scripts.json["paths"]
    assert path["start_here"] is None
    assert path["skills"][0]["standing"]["is_walked"]


async def test_status_says_what_was_left_and_where_it_goes_on(terminal, learner, make, queue):
    lab = await make.lab()
    made = await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(failed()))

    for_people = await terminal.run("status")
    for_scripts = await terminal.run("status", "--json")

    left = "Adding up, Python: 1 of 1 check fails; first: Two numbers are added"
    address = f"/labs/adding?submission={made.id}&check=test_two_numbers_are_added"
    assert re.search(rf"You left off \d+ s ago at {left}\.", for_people.out)
    assert re.search(rf"Go on there: http://\S+{re.escape(address)}\n", for_people.out)
    assert for_scripts.json["left_off"]["words"] == left


async def test_progress_shows_attempts_and_time_and_says_how_it_is_known(
    terminal, learner, make, queue, monkeypatch
):
    lab = await make.lab()
    at_first = await terminal.run("progress")
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(failed()))
    FakeClock(monkeypatch).set_forward(minutes=9)
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    for_people = await terminal.run("progress")
    for_scripts = await terminal.run("progress", "--json")

    assert (at_first.exit_code, for_people.exit_code) == (0, 0)
    assert "Nothing is handed in yet." in at_first.out
    assert "1 proven, 0 practised." in for_people.out
    assert re.search(r"adding +2 +9 min", for_people.out)
    assert "without pauses of more than 15 minutes" in " ".join(for_people.out.split())
    assert re.search(r"The same as pictures: http://\S+/progress\n", for_people.out)
    assert for_scripts.json["labs"][0]["attempt_count"] == 2


async def test_the_challenge_is_named_and_who_passed_it_is_placed(terminal, learner, make, queue):
    lab = await make.lab()
    checks = [CheckDraft(objective="basics.naming")]
    await make.lab("naming", title="Naming things", checks=checks)
    write_challenge(make.content_dir / "tiny", "adding", skill="basics")
    await make.published()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    listed = await terminal.run("labs")
    status = await terminal.run("status")

    assert listed.out.count("challenge of basics") == 1
    assert "Placed: 1 of the 2 that can be proven" in status.out
    assert "Every milestone here is walked or placed." in status.out


async def test_a_newcomer_is_told_where_to_start(terminal, learner, make):
    await make.lab()

    answer = await terminal.run("status")

    assert learner
    assert "0 of the 1 that can be proven" in answer.out
    assert "Start here: 1 Basics." in answer.out


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

"""Beginning a lab from a terminal with what was written on its page, or with the starter."""

import asyncio
import os
import pty

import pytest

from factories.content import RIGHT
from harness.terminal import Answer
from milepost.submissions import queries

STARTER = "def add(a, b):\n    return None\n"
MINE = {"adding.py": "# mine\n", "lib/more.py": "x = 1\n"}


@pytest.fixture
async def learner(make, terminal, live_server):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    return learner


@pytest.fixture
async def draft(make, learner):
    lab = await make.lab(stacks=("python", "node"))
    return await make.draft(lab=lab, learner=learner, files=MINE)


@pytest.fixture
def begun(terminal):
    """The files of the folder that was begun, by path, but for what Milepost puts beside them."""

    def read(folder="adding"):
        root = terminal.folder / folder
        ours = (".git", ".milepost")
        found = (path for path in root.rglob("*") if path.is_file())
        paths = {path.relative_to(root): path.read_text() for path in found if not is_ours(path)}
        return {path.as_posix(): text for path, text in paths.items() if path.parts[0] not in ours}

    def is_ours(path):
        return path.name in {".gitignore", "README.md", "BRIEF.md"} or ".git" in path.parts

    return read


async def answer_by_hand(terminal, key, *arguments):
    """Run a command in a terminal in which somebody presses a key and Enter."""
    leader, follower = pty.openpty()
    try:
        process = await terminal.start(*arguments, stdin=follower)
        os.write(leader, f"{key}\n".encode())
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    finally:
        os.close(leader)
        os.close(follower)
    return Answer(process.returncode or 0, out.decode(), err.decode())


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(("key", "files"), [("y", MINE), ("", MINE), ("n", {"adding.py": STARTER})])
async def test_whoever_has_a_draft_is_asked_what_to_begin_with(terminal, begun, key, files):
    answer = await answer_by_hand(terminal, key, "start", "adding")

    assert answer.exit_code == 0, answer.err
    assert "Begin with your draft from the lab's page, saved" in answer.err
    assert begun() == files


@pytest.mark.usefixtures("draft")
async def test_where_nobody_can_be_asked_it_is_the_starter_and_a_sentence(terminal, begun):
    answer = await terminal.run("start", "adding")

    assert answer.exit_code == 0
    assert "You have a draft on the lab's page, saved" in answer.err
    assert "add `--draft`" in " ".join(answer.err.split())
    assert begun() == {"adding.py": STARTER}


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    ("option", "files"), [("--draft", MINE), ("--starter", {"adding.py": STARTER})]
)
async def test_scripts_say_which(terminal, begun, option, files):
    answer = await terminal.run("start", "adding", option)

    assert (answer.exit_code, answer.err) == (0, "")
    assert begun() == files
    assert ("goes on with your draft" in answer.words) == (option == "--draft")
    assert f"write     {', '.join(sorted(files))}" in answer.out


@pytest.mark.usefixtures("draft")
async def test_the_draft_is_that_of_the_stack_and_nothing_goes_back_to_it(
    terminal, begun, database, learner
):
    in_node = await terminal.run("start", "adding", "in-node", "--stack", "node")
    in_python = await terminal.run("start", "adding", "in-python", "--draft")
    (terminal.folder / "in-python" / "adding.py").write_text(RIGHT["adding.py"])
    handed_in = await terminal.run("submit", "--no-wait", cwd=terminal.folder / "in-python")

    assert (in_node.exit_code, in_node.err) == (0, "")
    assert (in_python.exit_code, handed_in.exit_code) == (0, 0)
    assert "lib/more.py" in handed_in.out
    assert list(begun("in-node")) == ["adding.mjs"]
    async with database.transaction() as session:
        draft = await queries.find_draft(session, learner.actor, lab="adding", stack="python")
    assert draft.files == MINE


@pytest.mark.usefixtures("learner")
async def test_without_a_draft_nobody_is_asked_and_asking_for_it_is_refused(terminal, make, begun):
    await make.lab()

    refused = await terminal.run("start", "adding", "--draft")
    begun_there = (terminal.folder / "adding").exists()
    answer = await terminal.run("start", "adding")

    assert (refused.exit_code, begun_there) == (2, False)
    assert "You have no draft of Adding up in Python" in refused.err
    assert (answer.exit_code, answer.err) == (0, "")
    assert begun() == {"adding.py": STARTER}


async def test_a_draft_that_is_the_starter_is_no_question(terminal, make, learner):
    lab = await make.lab()
    await make.draft(lab=lab, learner=learner, files={"adding.py": STARTER})

    answer = await terminal.run("start", "adding")

    assert (answer.exit_code, answer.err) == (0, "")


async def test_a_draft_with_a_readme_leaves_that_name_to_the_learner(terminal, make, learner):
    lab = await make.lab()
    await make.draft(lab=lab, learner=learner, files={**RIGHT, "README.md": "my notes\n"})

    answer = await terminal.run("start", "adding", "--draft")

    folder = terminal.folder / "adding"
    assert answer.exit_code == 0, answer.err
    assert (folder / "README.md").read_text() == "my notes\n"
    assert (folder / "BRIEF.md").read_text().startswith("# Adding up")


@pytest.mark.usefixtures("draft")
async def test_a_folder_that_is_not_free_is_refused_before_anything_is_asked(terminal):
    (terminal.folder / "adding").mkdir()
    (terminal.folder / "adding" / "precious").write_text("precious")

    answer = await answer_by_hand(terminal, "y", "start", "adding")

    assert answer.exit_code == 2
    assert "Begin with" not in answer.err
    assert [path.name for path in (terminal.folder / "adding").iterdir()] == ["precious"]


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("option", ["--draft", "--starter"])
async def test_renewing_takes_no_other_files(terminal, option):
    answer = await terminal.run("start", "adding", "--renew", option)

    assert answer.exit_code == 2
    assert "--renew leaves your files as they are" in answer.err

"""A lab's answers in a terminal: nothing before passing, and nothing overwritten after."""

import pytest

from factories.content import HIDDEN, RIGHT, SLIPS, TWICE, VISIBLE, FlawDraft
from fakes.grader import FakeGrader

OWN = {"adding.py": "def add(a, b):\n    return sum([a, b])\n"}
UNSEEN = FlawDraft("loses-the-sign", (TWICE.name, HIDDEN.name), "You lose the sign.")


@pytest.fixture
async def lab(make):
    return await make.lab(
        checks=(VISIBLE, TWICE, HIDDEN), flaws=(*SLIPS, UNSEEN), stacks=("python", "node")
    )


@pytest.fixture
async def learner(make, terminal, live_server):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    return learner


@pytest.fixture
async def passed(make, queue, lab, learner):
    submission = await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())
    return submission


@pytest.mark.usefixtures("lab", "learner")
async def test_before_passing_there_is_a_sentence_and_no_file(terminal):
    shown = await terminal.run("answers", "adding")
    written = await terminal.run("answers", "adding", "--write", "model")

    for answer in (shown, written):
        assert answer.exit_code == 2
        assert "once a submission of yours has passed" in " ".join(answer.err.split())
        assert "return a" not in answer.out + answer.err
    assert not (terminal.folder / "model").exists()


@pytest.mark.usefixtures("passed")
async def test_after_passing_the_difference_and_the_mistakes_are_printed(terminal):
    answer = await terminal.run("answers", "adding")

    assert answer.exit_code == 0
    assert "-    return sum([a, b])" in answer.out
    assert "+    return a + b" in answer.out
    assert f"Seen by: {TWICE.title}, a hidden check" in answer.out
    assert "-    return a - b" in answer.out
    assert HIDDEN.title not in answer.out
    assert "--stack node" in answer.out


@pytest.mark.usefixtures("passed")
async def test_the_model_answers_are_written_into_a_new_folder_for_scripts_as_json(terminal):
    written = await terminal.run("answers", "adding", "--write", "model")
    again = await terminal.run("answers", "adding", "--write", "model")
    as_json = await terminal.run("answers", "adding", "--stack", "node", "--json")

    file = terminal.folder / "model" / "python" / "adding.py"
    assert (written.exit_code, file.read_text()) == (0, RIGHT["adding.py"])
    assert again.exit_code == 2
    assert "not empty, so nothing was written" in " ".join(again.err.split())
    assert as_json.json["own"] is None


@pytest.mark.usefixtures("passed")
async def test_answers_are_not_written_where_they_would_be_handed_in(terminal):
    await terminal.run("start", "adding")

    answer = await terminal.run("answers", "adding", "--write", "adding/model")

    assert answer.exit_code == 2
    assert not (terminal.folder / "adding" / "model").exists()


@pytest.mark.usefixtures("passed")
async def test_a_wrong_name_is_answered_with_a_close_one(terminal):
    answer = await terminal.run("answers", "addin")

    assert answer.exit_code == 2
    assert "Did you mean adding?" in answer.err


@pytest.mark.usefixtures("learner")
async def test_a_wrong_name_is_answered_with_a_drill_that_is_close(make, terminal):
    await make.drill()

    answer = await terminal.run("answers", "drill-ading")

    assert answer.exit_code == 2
    assert "Did you mean drill-adding?" in answer.err

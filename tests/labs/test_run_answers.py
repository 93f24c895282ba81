"""`milepost labs run LAB --answers FOLDER` from the outside: many answers, one table."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from labs.conftest import RIGHT
from milepost.cli.commands.labs.run import run as run_command

ROOT = Path(__file__).parents[2]
WRONG = RIGHT.replace("Hello", "Hi")


@pytest.fixture
def run(content):
    app = typer.Typer()
    app.command()(run_command)

    def invoke(*arguments):
        return CliRunner().invoke(app, [*map(str, arguments), "--content", str(content)])

    return invoke


@pytest.fixture
def answers(tmp_path):
    folder = tmp_path / "last-year"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    (folder / "bo.py").write_text(WRONG)
    cleo = folder / "cleo"
    cleo.mkdir()
    (cleo / "greeting.py").write_text("from words import HELLO\n" + RIGHT)
    (cleo / "words.py").write_text("HELLO = 'Hello'\n")
    return folder


def outcomes(document, name):
    (answer,) = (each for each in document["answers"] if each["answer"] == name)
    return answer["verdict"], [check["outcome"] for check in answer["checks"]]


def test_every_answer_is_a_row_and_every_check_is_counted(run, lab, answers):  # noqa: ARG001
    result = run("greeting", "--answers", answers, "--seed", 7)

    assert result.exit_code == 1, result.output
    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "1 A name is greeted 1 of 3 did not pass" in rows
    assert "2 Without a name there is no greeting (hidden) all passed" in rows
    assert "ada.py ✓ passed ✓✓" in rows
    assert "bo.py ✗ failed ✗✓" in rows
    assert "cleo ✓ passed ✓✓" in rows
    assert "3 answers: 2 passed, 1 failed." in rows
    assert "All with the inputs of --seed 7." in rows


def test_scripts_get_every_outcome(run, lab, answers):  # noqa: ARG001
    document = json.loads(run("greeting", "--answers", answers, "--seed", 7, "--json").stdout)

    assert (document["lab"], document["seed"], document["interrupted"]) == ("greeting", 7, False)
    assert document["verdicts"] == {"passed": 2, "failed": 1}
    assert document["checks"][0] == {
        "name": "test_name_is_greeted",
        "title": "A name is greeted",
        "hidden": False,
        "outcomes": {"passed": 2, "failed": 1},
    }
    assert outcomes(document, "bo.py") == ("failed", ["failed", "passed"])
    (bo,) = (each for each in document["answers"] if each["answer"] == "bo.py")
    assert bo["stack"] == "python"
    assert bo["checks"][0]["message"] == "People like to hear their names"


def test_answers_that_all_pass_end_with_0(run, lab, answers):  # noqa: ARG001
    (answers / "bo.py").unlink()

    assert run("greeting", "--answers", answers).exit_code == 0


def test_answers_that_cannot_be_graded_are_rows_with_a_reason(run, lab, answers):  # noqa: ARG001
    (answers / "dirk.js").write_text("export const greet = () => null;\n")
    (answers / "elin.py").write_bytes(b"\xff\xfe")
    (answers / "faro.py").symlink_to(answers / "ada.py")
    (answers / "gita").mkdir()
    (answers / "gita" / "main.py").write_text(RIGHT)
    (answers / "hugo.py").write_text("#" * 300_000)
    (answers / ".DS_Store").write_text("of a tool")

    result = run("greeting", "--answers", answers, "--json")

    assert result.exit_code == 1
    reasons = {
        each["answer"]: each["reason"]
        for each in json.loads(result.stdout)["answers"]
        if each["verdict"] is None
    }
    assert reasons.keys() == {"dirk.js", "elin.py", "faro.py", "gita", "hugo.py"}
    assert (
        "does not have the files that the lab begins with (python: greeting.py)"
        in (reasons["dirk.js"])
    )
    assert "not UTF-8" in reasons["elin.py"]
    assert "is a link" in reasons["faro.py"]
    assert "greeting.py" in reasons["gita"]
    assert "300,000 bytes" in reasons["hugo.py"]


def test_the_lab_need_not_be_finished(run, lab, answers):
    lab.remove("flawed/no-guard/flaw.toml")
    lab.remove("solutions/python/greeting.py")

    assert run("greeting", "--answers", answers).exit_code == 1
    assert run("greeting", "starter/python").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "It is not clear which answer is meant"),
        (("solutions/python", "--answers", "."), "It is not clear which answer is meant"),
        (("--answers", "nowhere"), "can't be read"),
        (("--answers", ".", "--stack", "cobol"), "There is no stack 'cobol'"),
        (("--answers", ".", "--check", "test_name_is_greeted"), "one check of one answer"),
    ],
    ids=["none", "both", "folder", "stack", "check"],
)
def test_what_makes_no_sense_is_refused(run, lab, arguments, said):  # noqa: ARG001
    result = run("greeting", *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_several_stacks_are_told_apart_by_endings_or_named(run, lab, answers):
    lab.replace("lab.toml", 'stacks = ["python"]', 'stacks = ["python", "django"]')
    lab.replace("lab.toml", "[limits]", '[entry.django]\nmodule = "greeting.py"\n\n[limits]')
    lab.write("starter/django/greeting.py", "def greet(name):\n    return None\n")

    torn = run("greeting", "--answers", answers, "--json")
    assert torn.exit_code == 1, torn.output
    named = json.loads(run("greeting", "--answers", answers, "--stack", "python", "--json").stdout)

    assert {each["reason"] for each in json.loads(torn.stdout)["answers"]} == {
        "It fits python and django. Name one with --stack."
    }
    assert named["verdicts"] == {"passed": 2, "failed": 1}


def test_ctrl_c_prints_what_is_there(lab, answers, content):
    lab.replace("lab.toml", "wall_seconds = 20", "wall_seconds = 120\nrun_seconds = 60")
    for number in range(20):
        (answers / f"slow-{number}.py").write_text("while True: pass\n")
    code = "import sys; from milepost.cli import main; sys.exit(main())"
    command = ("labs", "run", "greeting", "--answers", str(answers), "--json")

    with subprocess.Popen(
        [sys.executable, "-c", code, *command, "--content", str(content)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as running:
        ended = [running.stderr.readline() for _ in range(3)]
        running.send_signal(signal.SIGINT)
        printed, said = running.communicate(timeout=60)

    assert running.returncode == 130, (ended, said)
    document = json.loads(printed)
    assert document["interrupted"] is True
    assert len(document["answers"]) == 23
    assert document["verdicts"] == {"passed": 2, "failed": 1}

"""Checking at home and handing in: the same words, the documented exit codes."""

import asyncio
import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest
import typer

from factories.content import HIDDEN, RIGHT, VISIBLE, WRONG, CheckDraft
from fakes.grader import FakeGrader, InTurn, failed, passed
from harness.queue import present_worker
from harness.terminal import read_until
from milepost.cli.commands import check as check_command
from milepost.cli.workspace import local_checks
from milepost.engine import GradeReport, IsolationUnavailable, Outcome, Usage, Verdict
from milepost.submissions import service


@pytest.fixture
async def learner(make, terminal, live_server):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    return learner


@pytest.fixture
async def folder(terminal, learner, make):
    assert learner
    await make.lab(checks=(VISIBLE, HIDDEN))
    started = await terminal.run("start", "adding")
    assert started.exit_code == 0, started.err
    return terminal.folder / "adding"


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text)


async def test_a_right_solution_passes_the_visible_checks_offline(terminal, folder):
    write(folder, RIGHT)
    terminal.login_file.unlink()

    answer = await terminal.run("check", cwd=folder)

    assert answer.exit_code == 0, answer.out + answer.err
    assert f"✓ passed    {VISIBLE.title}" in answer.out
    assert HIDDEN.title not in answer.out
    assert "and 1 more that only the server knows" in answer.words


async def test_a_wrong_solution_is_told_what_was_expected_what_came_and_why(terminal, folder):
    write(folder, WRONG)

    answer = await terminal.run("check", cwd=folder)

    assert answer.exit_code == 1
    assert f"✗ failed    {VISIBLE.title}" in answer.out
    assert "A sum is what both give together" in answer.out
    assert "expected  5" in answer.out
    assert "got       -1" in answer.out
    assert "milepost check --seed" in answer.out


async def test_a_check_that_cannot_read_an_answer_fails_alone_offline(terminal, learner, make):
    assert learner
    reading = CheckDraft(
        name="test_reading",
        title="The sum is a number",
        body='assert solution.call("add", 2, 3) + 0 == 5, "It must be a number"',
    )
    await make.lab(checks=(reading, VISIBLE))
    await terminal.run("start", "adding")
    folder = terminal.folder / "adding"
    write(folder, {"adding.py": "def add(a, b):\n    return [5]\n"})

    answer = await terminal.run("check", cwd=folder)

    assert answer.exit_code == 1
    assert "✗ failed    The sum is a number" in answer.out
    assert "This check could not read what came from `add(2, 3)`" in answer.words
    assert "lab is at fault" not in answer.words


async def test_a_script_reads_the_checks_as_json(terminal, folder):
    write(folder, WRONG)

    answer = await terminal.run("check", "--json", "--seed", "7", cwd=folder)

    assert answer.exit_code == 1
    assert (answer.json["lab"], answer.json["verdict"], answer.json["seed"]) == (
        "adding",
        "failed",
        7,
    )
    assert answer.json["checks"][0]["expected"] == "5"


async def test_where_code_cannot_be_isolated_nothing_is_run(folder, monkeypatch, capsys):
    class NoIsolation:
        def __init__(self, **_options):
            pass

        async def __aenter__(self):
            raise IsolationUnavailable("No user namespaces.", "Allow them.")

        async def __aexit__(self, *_error):
            pass

    monkeypatch.setattr(local_checks, "Engine", NoIsolation)

    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(check_command.check, folder)

    assert ended.value.exit_code == 3
    said = capsys.readouterr().err
    assert "Nothing was run" in said
    assert "Allow them." in said


async def test_checking_outside_of_a_lab_says_where_to_go(terminal):
    answer = await terminal.run("check")

    assert answer.exit_code == 2
    assert "is not the folder of a lab" in answer.err


async def test_checking_works_from_a_folder_inside(terminal, folder):
    write(folder, RIGHT)
    (folder / "notes").mkdir()

    answer = await terminal.run("check", cwd=folder / "notes")

    assert answer.exit_code == 0


async def test_a_submission_shows_the_servers_checks_and_its_verdict(terminal, folder, queue):
    write(folder, RIGHT)

    async with queue.working(FakeGrader(passed(title="It adds"), passed("test_b", hidden=True))):
        answer = await terminal.run("submit", cwd=folder)

    assert answer.exit_code == 0
    assert "✓ passed    It adds" in answer.out
    assert "(hidden)" in answer.out
    assert "✓ Passed: all 2 checks." in answer.out
    assert "1 of 3 objectives proven" in answer.out


async def test_handing_in_says_that_the_labs_own_solution_is_looked_at(terminal, folder, queue):
    broken = FakeGrader(passed(outcome=Outcome.BROKEN, message="This check could not read it."))

    own_solution = FakeGrader()
    gate = own_solution.hold("test_two_numbers_are_added")
    async with queue.working(InTurn(broken, own_solution)), asyncio.TaskGroup() as group:
        running = group.create_task(terminal.run("submit", cwd=folder))
        while not own_solution.requests:  # noqa: ASYNC110 - nobody would tell
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # nothing else would tell that the terminal has heard of the doubt
        gate.set()
    answer = running.result()

    assert answer.exit_code == 1
    assert "The server runs the lab's own solution" in answer.words
    assert "Failed: 0 of 1 checks passed" in answer.words


@pytest.mark.parametrize(
    ("grader", "exit_code", "words"),
    [
        (FakeGrader(passed("test_a"), failed()), 1, "✗ Failed: 1 of 2 checks passed."),
        (
            FakeGrader(verdict=Verdict.TIMED_OUT, message="It took too long.", limit_hit="wall"),
            1,
            "✗ Timed out: It took too long.",
        ),
        (
            FakeGrader(
                passed("test_a", outcome=Outcome.BROKEN),
                verdict=Verdict.LAB_BROKEN,
                message="A check is at fault.",
            ),
            3,
            "! The lab is at fault: A check is at fault.",
        ),
    ],
)
async def test_exit_codes_say_whose_the_fault_is(terminal, folder, queue, grader, exit_code, words):
    async with queue.working(grader):
        answer = await terminal.run("submit", cwd=folder)

    assert answer.exit_code == exit_code
    assert words in answer.out


async def test_only_the_solution_is_sent(terminal, learner, folder, client):
    write(folder, RIGHT | {"extra.py": "", "left.pyc": "x", ".hidden": "x"})
    for name in ("__pycache__", "node_modules", ".git", ".venv"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "junk.py").write_text("junk")

    answer = await terminal.run("submit", "--no-wait", "--json", cwd=folder)

    submission = answer.json["submission"]["id"]
    shown = await client.log_in(learner).get(f"/api/v1/submissions/{submission}")
    assert shown.json()["files"] == RIGHT | {"extra.py": ""}
    assert sorted(answer.json["files"]) == sorted([*RIGHT, "extra.py"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n\x00", "photo.png"),
        ("latin.py", "a\né".encode("latin-1"), "latin.py is not UTF-8 text: see its line 2"),
        ("zero.py", b"a\n\nb\0c\n", "zero.py holds a NUL character in line 3"),
        (
            "dos.py",
            b"a = 1\r\n\x1a",
            "dos.py holds a Ctrl-Z (the end mark of old DOS files) in line 2",
        ),
        ("bell.py", b"\x07", "bell.py holds the control character U+0007 in line 1"),
        ("big.py", b"x" * 300_000, "has 300,000 bytes"),
        ("con.py", b"", "device"),
    ],
)
async def test_what_the_server_would_refuse_is_refused_before_it_is_sent(
    terminal, folder, queue, name, content, words
):
    (folder / name).write_bytes(content)

    answer = await terminal.run("submit", cwd=folder)

    assert answer.exit_code == 2
    assert "Nothing was sent." in answer.err
    assert words in " ".join(answer.err.split())
    assert await queue.jobs() == []


async def test_a_link_is_not_followed(terminal, folder, queue):
    (folder / "link.py").symlink_to("/etc/hostname")

    answer = await terminal.run("submit", cwd=folder)

    assert answer.exit_code == 2
    assert "link.py" in answer.err
    assert await queue.jobs() == []


async def test_a_stack_that_is_not_installed_names_the_command_that_installs_it(
    terminal, learner, make, tmp_path
):
    assert learner
    await make.lab(stacks=("fastapi",))
    await terminal.run("start", "adding")

    answer = await terminal.run(
        "check", cwd=terminal.folder / "adding", MILEPOST_STACKS_DIR=str(tmp_path / "none")
    )

    assert answer.exit_code == 3
    assert "milepost stacks install fastapi" in answer.err
    assert "milepost submit" in answer.err


async def test_handing_in_without_the_server_says_that_nothing_was_sent(terminal, learner, folder):
    terminal.log_in("http://127.0.0.1:9", learner)

    answer = await terminal.run("submit", cwd=folder)

    assert answer.exit_code == 3
    assert "Nothing was handed in" in answer.err
    assert "`milepost check` works without the server." in answer.err


async def test_a_newer_version_of_the_lab_is_mentioned(terminal, folder, make):
    await make.lab(checks=(VISIBLE, HIDDEN), title="Adding up, anew")

    answer = await terminal.run("submit", "--no-wait", cwd=folder)

    assert answer.exit_code == 0
    assert "The lab has changed since you began." in answer.words
    assert "--renew" in answer.out


async def test_a_grading_that_begins_anew_says_so_and_counts_once(
    terminal, folder, database, queue
):
    submit = await terminal.start("submit", cwd=folder)
    await read_until(submit, "Submitted")
    (job,) = await queue.jobs()
    grading_id = job.payload["grading_id"]

    async def run(results):
        async with database.transaction() as session:
            attempt = (await service.start_attempt(session, grading_id=grading_id)).attempt
        async with database.transaction() as session:
            await service.record_checks(
                session, grading_id=grading_id, attempt=attempt, first_position=1, results=results
            )
        return attempt

    results = [passed("test_one"), passed("test_two")]
    await run(results[:1])
    early = await read_until(submit, "One")
    attempt = await run(results)
    late = await read_until(submit, "Two")
    async with database.transaction() as session:
        report = GradeReport(
            verdict=Verdict.PASSED, message="", checks=tuple(results), limit_hit=None,
            usage=Usage(), isolation="isolated", stack_version="", engine_version="", seed=1,
        )  # fmt: skip
        await service.record_verdict(session, grading_id=grading_id, attempt=attempt, report=report)
    rest, _ = await submit.communicate()

    assert "began anew" not in early
    assert "Grading began anew" in late
    assert "all 2 checks" in rest.decode()


@pytest.mark.parametrize(
    ("environment", "has_colours"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
async def test_colours_are_for_terminals_that_want_them(terminal, folder, environment, has_colours):
    write(folder, RIGHT)

    shown = await asyncio.to_thread(
        show_in_a_terminal, ["check"], cwd=folder, env=terminal.environment(**environment)
    )

    assert VISIBLE.title in shown
    assert ("\x1b[32m" in shown) is has_colours


async def test_a_terminal_shows_which_check_runs_now(terminal, folder):
    write(folder, RIGHT)

    shown = await asyncio.to_thread(
        show_in_a_terminal, ["check"], cwd=folder, env=terminal.environment()
    )
    piped = await terminal.run("check", cwd=folder)

    assert "running" in shown
    assert "0 of 1 checks" in shown
    assert "running" not in piped.out


async def test_without_a_terminal_there_are_no_codes_at_all(terminal, folder):
    write(folder, WRONG)

    answer = await terminal.run("check", cwd=folder)

    assert "\x1b" not in answer.out + answer.err


async def test_an_encoding_without_signs_gets_plain_ones(terminal, folder):
    write(folder, RIGHT)

    answer = await terminal.run("check", cwd=folder, PYTHONIOENCODING="ascii")

    assert answer.exit_code == 0
    assert f"+ passed    {VISIBLE.title}" in answer.out


def show_in_a_terminal(command, *, cwd, env):
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "milepost.cli", *command],
        cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=child, stderr=child,
    ):  # fmt: skip
        os.close(child)
        shown = b""
        with suppress(OSError):  # a terminal whose last program has ended answers with an error
            while chunk := os.read(parent, 4096):
                shown += chunk
    os.close(parent)
    return shown.decode()


@pytest.mark.parametrize("command", ["check", "submit"])
async def test_a_damaged_package_says_how_to_fix_it(terminal, folder, command):
    (folder / ".milepost" / "package" / "checks.py").unlink()

    broken = await terminal.run(command, cwd=folder)
    await terminal.run("start", "adding", "--renew", cwd=folder)
    fixed = await terminal.run("submit", "--no-wait", cwd=folder)

    assert broken.exit_code == 3
    assert "milepost start adding --renew" in broken.err
    assert fixed.exit_code == 0


async def test_a_submission_that_waits_says_its_place_and_that_no_worker_runs(
    terminal, folder, database, queue
):
    first = await terminal.start("submit", cwd=folder)
    await read_until(first, "No grading worker is running")
    async with present_worker(database):
        second = await terminal.start("submit", cwd=folder)
        said = await read_until(second, "2nd in the queue")
    async with queue.working(FakeGrader()):
        ends = [await submit.communicate() for submit in (first, second)]

    assert "No grading worker" not in said
    assert all("Passed" in out.decode() for out, _ in ends)


async def test_one_check_runs_by_its_name_and_the_rest_is_not_claimed(terminal, folder):
    write(folder, RIGHT)

    answer = await terminal.run("check", "--only", VISIBLE.name, cwd=folder)

    assert answer.exit_code == 0, answer.out + answer.err
    assert f"✓ passed    {VISIBLE.title}" in answer.out
    assert "Nothing else was run: `milepost check` runs every visible check." in answer.words
    assert "Hand it in" not in answer.words


async def test_a_failed_check_names_the_command_that_runs_it_again_alone(terminal, folder):
    write(folder, WRONG)

    answer = await terminal.run("check", "--only", VISIBLE.name, "--seed", "5", cwd=folder)

    assert answer.exit_code == 1
    assert f"milepost check --seed 5 --only {VISIBLE.name}" in answer.words


@pytest.mark.parametrize("name", [HIDDEN.name, "test_nothing"])
async def test_a_check_that_is_not_there_is_named_with_those_that_are(terminal, folder, name):
    answer = await terminal.run("check", "--only", name, cwd=folder)

    assert answer.exit_code == 2
    assert f"Adding up has no check called {name}." in answer.err
    assert VISIBLE.name in answer.err

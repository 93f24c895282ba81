"""Whatever terminal, disk and folder a command meets, it ends in a sentence about that."""

import asyncio
import os
import subprocess
import sys

import pytest

from harness.fake_milepost import Reply, serve_fake

FULL = "/dev/full"
OURS = "Milepost made a mistake"
MILEPOST = f"{sys.executable} -P -m milepost.cli"


async def run_in_shell(terminal, command):
    """Run a line of shell in the terminal's folder."""
    return await asyncio.to_thread(
        subprocess.run,
        ["sh", "-c", command],
        cwd=terminal.folder,
        env=terminal.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


async def run_into(terminal, target, *arguments):
    """Run a command whose standard output goes to a file; return its exit code and errors."""
    with open(target, "wb") as out:  # noqa: PTH123, ASYNC230  a device
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "milepost.cli", *arguments,
            cwd=terminal.folder, env=terminal.environment(PYTHONUNBUFFERED=""),
            stdout=out, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, err = await process.communicate()
    return process.returncode, err.decode()


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.mark.parametrize("arguments", [["stacks", "list"], ["doctor", "--json"], ["--help"]])
async def test_a_full_disk_behind_the_output_is_told(terminal, arguments):
    code, err = await run_into(terminal, FULL, *arguments)

    assert code == 2
    assert err.startswith("The output could not be written: no space left on device.")
    assert "Exception" not in err


async def test_a_reader_that_ends_early_is_no_mistake(terminal):
    command = f"{MILEPOST} stacks list --json | head -c 1 >/dev/null"
    done = await run_in_shell(terminal, command)

    assert OURS not in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


async def test_closed_output_is_no_mistake(terminal):
    done = await run_in_shell(terminal, f"{MILEPOST} stacks list >&- 2>&-")

    assert done.returncode == 0


async def test_a_working_folder_that_is_gone_is_told(terminal):
    gone = terminal.folder / "gone"
    command = (
        f"mkdir {gone} && cd {gone} && rmdir {gone} && {sys.executable} -P -m milepost.cli check"
    )
    done = await run_in_shell(terminal, command)

    assert done.returncode == 2
    assert "The folder that you are in does not exist any more." in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
async def test_a_folder_whose_name_is_no_utf8_is_named_in_any_encoding(terminal, encoding):
    folder = terminal.folder / os.fsdecode(b"caf\xe9")
    folder.mkdir()

    answer = await terminal.run("check", cwd=folder, PYTHONIOENCODING=encoding)

    assert answer.exit_code == 2
    assert "caf\\udce9 is not the folder of a lab" in answer.err


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
async def test_a_servers_words_are_shown_in_any_encoding(terminal, learner, encoding):
    body = b'{"code": "x", "detail": "Caf\\u00e9 \\ud800 is closed.", "title": "x", "status": 409}'
    with serve_fake({"/progress": Reply(body, 409)}) as server:
        terminal.log_in(server.url, learner)
        answer = await terminal.run("status", PYTHONIOENCODING=encoding)

    assert answer.exit_code == 2
    assert "\\ud800 is closed." in answer.err
    assert OURS not in answer.err


async def test_a_file_that_may_not_be_read_is_named(terminal, learner):
    terminal.log_in("http://127.0.0.1:9", learner)
    terminal.login_file.unlink()
    terminal.login_file.mkdir()

    answer = await terminal.run("status")

    assert answer.exit_code == 2
    assert OURS not in answer.err


async def test_a_setting_of_the_environment_that_is_no_use_is_named(terminal, learner):
    terminal.log_in("http://milepost.example", learner)

    answer = await terminal.run("status", SSL_CERT_FILE="/there/is/no/such.pem")

    assert answer.exit_code == 2
    assert "The environment's SSL_CERT_FILE, /there/is/no/such.pem, can't be used" in answer.err
    assert "`unset SSL_CERT_FILE`" in answer.err

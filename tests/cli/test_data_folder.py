"""The data folder is closed to others, and other shells are told of the Milepost that uses it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from harness.installation import ROOT, run_milepost, start_milepost, stop_milepost
from milepost.core.addresses import describe_postgres
from milepost.embedded.leash import leashed
from milepost.engine import Tier, probe_isolation


def is_passable():
    """Whether other users must get through: where root has no namespaces to hide them in."""
    isolation = probe_isolation().isolation
    return os.geteuid() == 0 and (isolation is None or isolation.tier is not Tier.ISOLATED)


def mode_of(folder):
    return folder.stat().st_mode & 0o777


@pytest.fixture
def filled(postgres, database_name):
    """The URL of a database that `up` may fill."""
    name = f"{database_name}_named"
    yield postgres.create_empty(name)
    postgres.drop(name)


def test_folder_that_was_open_is_closed_and_so_is_what_lies_in_it(tmp_path, filled):
    data = tmp_path / "data"
    for folder in (data, data / "run", data / "run" / "labs", data / "logs"):
        folder.mkdir()
        folder.chmod(0o755)

    stop_milepost(start_milepost(data, MILEPOST_DATABASE_URL=filled))

    wanted = 0o711 if is_passable() else 0o700
    assert [mode_of(each) for each in (data, data / "run", data / "logs")] == [wanted] * 3
    assert {mode_of(log) for log in (data / "logs").iterdir()} == {0o600}


def test_folder_of_a_worker_by_itself_is_closed_too(tmp_path, filled):
    assert run_milepost("migrate", MILEPOST_DATABASE_URL=filled).returncode == 0
    data = tmp_path / "data"
    data.mkdir(mode=0o755)

    with running("worker", filled, data, port=1):
        deadline = time.monotonic() + 60
        while not (data / "run" / "engine").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    assert mode_of(data) == (0o711 if is_passable() else 0o700)


def test_other_shell_learns_which_database_is_in_use(tmp_path, filled):
    data = tmp_path / "data"
    installation = start_milepost(data, MILEPOST_DATABASE_URL=filled)
    other = filled.replace("_named", "_other")
    try:
        blind = run_milepost("open", "--data", str(data))
        wrong = run_milepost("open", "--data", str(data), MILEPOST_DATABASE_URL=other)
        right = run_milepost("open", "--data", str(data), MILEPOST_DATABASE_URL=filled)
        seen = run_milepost("doctor", "--json", "--data", str(data))
    finally:
        stop_milepost(installation)

    for refused in (blind, wrong):
        assert refused.returncode == 1
        assert describe_postgres(filled) in refused.stderr
        assert "MILEPOST_DATABASE_URL" in refused.stderr
        assert "sign-in" not in refused.stdout
    assert right.returncode == 0
    [database] = [f for f in json.loads(seen.stdout)["findings"] if f["area"] == "service"]
    assert database["ready"]
    assert describe_postgres(filled) in database["detail"]
    assert "not named in this shell" in database["detail"]
    assert "private" not in database["detail"]


@contextmanager
def running(command, url, data, *, port):
    """A `milepost web` or `worker` by itself."""
    environment = {
        "MILEPOST_DATABASE_URL": url,
        "MILEPOST_DATA_DIR": str(data),
        "MILEPOST_PORT": str(port),
    }
    started = [sys.executable, "-m", "milepost.cli", command]
    process = subprocess.Popen(
        leashed(started, on_orphaned=signal.SIGKILL),
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_open_makes_a_link_for_a_web_server_without_up(tmp_path, filled):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    named = {"MILEPOST_DATABASE_URL": filled, "MILEPOST_PORT": str(port)}
    assert run_milepost("migrate", **named).returncode == 0
    before = run_milepost("open", "--data", str(tmp_path / "data"), **named)

    with running("web", filled, tmp_path / "data", port=port):
        deadline = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/health/live"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        opened = run_milepost("open", "--data", str(tmp_path / "data"), **named)
        [link] = re.findall(r"http://\S+/sign-in/\S+", opened.stdout)
        page = httpx.get(link)

    assert before.returncode == 1
    assert f"answers at http://127.0.0.1:{port}" in before.stderr
    assert opened.returncode == 0
    assert page.status_code == 200


def answers(url):
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False

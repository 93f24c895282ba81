"""The data folder is closed to others, and other shells are told of the Milepost that uses it."""

import json
import os
import re
import socket
import time

import httpx
import psycopg
import pytest

from harness.installation import (
    run_milepost,
    running_alone,
    start_milepost,
    stop_milepost,
)
from milepost.core.addresses import describe_postgres
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

    named = {"MILEPOST_DATABASE_URL": filled, "MILEPOST_DATA_DIR": str(data)}
    with running_alone("worker", tmp_path / "log", **named):
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


def test_open_makes_a_link_for_a_web_server_without_up(tmp_path, filled):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    named = {"MILEPOST_DATABASE_URL": filled, "MILEPOST_PORT": str(port)}
    assert run_milepost("migrate", **named).returncode == 0
    before = run_milepost("open", "--data", str(tmp_path / "data"), **named)

    with running_alone("web", tmp_path / "log", **named):
        wait_until_answers(f"http://127.0.0.1:{port}/health/live")
        opened = run_milepost("open", "--data", str(tmp_path / "data"), **named)
        [link] = re.findall(r"http://\S+/sign-in/\S+", opened.stdout)
        page = httpx.get(link)

    assert before.returncode == 1
    assert f"answers at http://127.0.0.1:{port}" in before.stderr
    assert opened.returncode == 0
    assert page.status_code == 200


def test_log_of_a_web_server_is_json_with_ids_routes_and_durations_and_no_secret(tmp_path, filled):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    named = {"MILEPOST_DATABASE_URL": filled, "MILEPOST_PORT": str(port)}
    assert run_milepost("migrate", **named).returncode == 0

    with running_alone("web", tmp_path / "log", **named):
        wait_until_answers(f"{base}/health/live")
        httpx.get(f"{base}/sign-in/geheim?also=geheim", headers={"x-request-id": "proxy-0001"})
        with psycopg.connect(filled, autocommit=True) as connection:
            connection.execute("ALTER TABLE access_tokens RENAME TO gone")
        failed = httpx.get(f"{base}/api/v1/me", headers={"authorization": "Bearer geheim"})

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    served = {line["request_id"]: line for line in lines if line["event"] == "request_served"}
    assert served["proxy-0001"]["route"] == "/sign-in/{token}"
    assert served["proxy-0001"]["status"] == 404
    assert served["proxy-0001"]["duration_ms"] > 0
    assert failed.status_code == 500
    assert "content-security-policy" in failed.headers
    own = [line for line in lines if line.get("request_id") == failed.json()["request_id"]]
    assert [line["event"] for line in own] == ["request_failed", "request_served"]
    assert "UndefinedTable" in own[0]["exception"]
    assert "geheim" not in (tmp_path / "log").read_text()
    assert sum("Traceback" in str(line) for line in lines) == 1


def wait_until_answers(url):
    deadline = time.monotonic() + 60
    while not answers(url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url):
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False

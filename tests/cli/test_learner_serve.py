"""`milepost serve`: a lab's service on the learner's own machine."""

import signal
import socket

import httpx
import pytest

from harness.terminal import read_until

SERVER = """
import http.server, os, sys
assert os.environ["PORT"] == sys.argv[1]
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]))
"""


@pytest.fixture
async def folder(terminal, live_server, make):
    terminal.log_in(live_server, await make.learner())
    await make.lab()
    await terminal.run("start", "adding")
    return terminal.folder / "adding"


def give_service(folder):
    manifest = folder / ".milepost" / "package" / "lab.toml"
    entry = '[entry.python]\nservice = ["python", "adding.py", "8000"]'
    manifest.write_text(manifest.read_text().replace("[entry.python]", entry))
    (folder / "adding.py").write_text(SERVER)


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def test_a_service_runs_where_it_is_told_to_until_it_is_interrupted(terminal, folder, port):
    give_service(folder)

    serving = await terminal.start("serve", "--yes", "--port", str(port), cwd=folder)
    said = await read_until(serving, "Serving HTTP")
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/README.md")
    serving.send_signal(signal.SIGINT)
    await serving.communicate()

    assert f"http://127.0.0.1:{port}" in said
    assert "Adding up" in answer.text
    assert serving.returncode == 130


async def test_a_service_that_ends_by_itself_is_no_success(terminal, folder, port):
    give_service(folder)
    (folder / "adding.py").write_text("raise SystemExit(7)")

    answer = await terminal.run("serve", "--yes", "--port", str(port), cwd=folder)

    assert answer.exit_code == 1
    assert "ended by itself, with 7" in answer.err


async def test_a_port_that_is_taken_names_another(terminal, folder):
    give_service(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = await terminal.run("serve", "--yes", "--port", str(port), cwd=folder)

    assert answer.exit_code == 2
    assert f"--port {port + 1}" in answer.err


async def test_a_lab_without_a_service_says_what_its_checks_run(terminal, folder):
    answer = await terminal.run("serve", cwd=folder)

    assert answer.exit_code == 2
    assert "python adding.py" in answer.err

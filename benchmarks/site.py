"""A Milepost of its own to measure: started as anybody starts it, with a data folder that goes.

What is measured is `milepost up` as it ships: web server, worker, queue, PostgreSQL, of this tree
or of another one. The labs of the bench are this tree's in both.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.control_group import ControlGroup, control_group
from benchmarks.ports import free_port
from benchmarks.trees import HERE, Tree
from milepost.embedded import find_running_dsn

_LINK = re.compile(r"http://\S+/sign-in/\S+")
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Site:
    """A running Milepost and a signed-in client on it."""

    url: str
    client: httpx.Client
    data_dir: Path
    tree: Tree
    group: ControlGroup | None
    first_start_seconds: float
    second_start_seconds: float

    @property
    def dsn(self) -> str:
        """The address of its database, as the role that owns the tables."""
        dsn = find_running_dsn(self.data_dir / "postgres")
        if dsn is None:
            raise RuntimeError("Milepost's PostgreSQL does not run.")
        return dsn

    @property
    def cookie(self) -> str:
        """The session as a header's value, for load tools."""
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())


@contextmanager
def running_site(tree: Tree = HERE) -> Iterator[Site]:
    """Start a tree's Milepost twice on a new data folder, keep the second, and sign in."""
    content = Path(tempfile.mkdtemp(prefix="milepost-bench-"))
    try:
        shutil.copytree(tree.root / "content", content / "content")
        bench = HERE.root / "benchmarks" / "content"
        shutil.copytree(bench, content / "content", dirs_exist_ok=True)
        with control_group(content.name) as group:
            yield from _run(tree, content, group)
    finally:
        shutil.rmtree(content, ignore_errors=True)


def _run(tree: Tree, content: Path, group: ControlGroup | None) -> Iterator[Site]:
    port = free_port()
    process, _, first = _start(tree, content, port, group)
    _stop(process)
    process, link, second = _start(tree, content, port, group)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _sign_in(client, link)
            yield Site(str(client.base_url), client, content / "data", tree, group, first, second)
    finally:
        _stop(process)


def _sign_in(client: httpx.Client, link: str) -> None:
    answer = client.post(link)
    if "milepost" not in client.cookies:
        raise RuntimeError(f"Signing in was answered {answer.status_code}, without a session.")


def _start(
    tree: Tree, folder: Path, port: int, group: ControlGroup | None
) -> tuple[subprocess.Popen[str], str, float]:
    started = time.perf_counter()
    command = [str(tree.milepost), "up", "--port", str(port), "--data", str(folder / "data")]
    process = subprocess.Popen(
        group.command(command) if group is not None else command,
        cwd=tree.root,
        env={
            **os.environ,
            "MILEPOST_CONTENT_DIR": str(folder / "content"),
            "MILEPOST_PUBLISH_UNVERIFIED_LABS": "true",  # labs of the bench teach nothing
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if process.stdout is None:
        raise RuntimeError("Milepost was started without a pipe.")
    deadline = time.monotonic() + _START_SECONDS
    for line in process.stdout:
        if match := _LINK.search(line):
            return process, match[0], time.perf_counter() - started
        if time.monotonic() > deadline:
            break
    _stop(process)
    raise RuntimeError("`milepost up` printed no sign-in link.")


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()

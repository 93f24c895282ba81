"""A Milepost started as a person starts it: the command, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from milepost.embedded.parent_death import dying_with_parent

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """A running `milepost up`."""

    process: subprocess.Popen[str]
    data_dir: Path
    link: str
    said: str

    @property
    def url(self) -> str:
        return self.link.split("/sign-in/")[0]

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words: str) -> psutil.Process:
        [found] = [
            child
            for child in psutil.Process(self.process.pid).children()
            if words in " ".join(child.cmdline())
        ]
        return found

    def read_until(self, words: str) -> str:
        """What it says, up to a line with these words; fails if it ends before."""
        said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        pytest.fail(f"it ended without saying {words!r}: {said}")


def run_milepost(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Milepost to its end."""
    return subprocess.run(
        [sys.executable, "-m", "milepost.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def running_alone(command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `milepost web` or `milepost worker` by itself until the block ends; it writes `log`."""
    started = [sys.executable, "-m", "milepost.cli", command]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            dying_with_parent(started, on_orphaned=signal.SIGKILL),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def start_milepost(
    data_dir: Path, *arguments: str, wrapper: Sequence[str] = (), **environment: str
) -> Installation:
    """Start Milepost on any free port, and wait for its sign-in link."""
    options = ["--port", "0", "--data", str(data_dir), *arguments]
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-m", "milepost.cli", "up", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    installation = Installation(process, data_dir, "", "")
    installation.said = installation.read_until("Ctrl-C stops everything")
    installation.link = re.findall(r"http://\S+/sign-in/\S+", installation.said)[0]
    return installation


def stop_milepost(installation: Installation) -> int:
    """Stop it as Ctrl-C does, and say how it ended."""
    if installation.process.poll() is None:
        installation.process.terminate()
    code = installation.process.wait(30)
    if installation.process.stdout is not None:
        installation.process.stdout.close()
    return code

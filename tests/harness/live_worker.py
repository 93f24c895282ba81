"""Shipped grading workers as processes of their own, to be killed at the worst moments."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from milepost.embedded.parent_death import dying_with_parent

PATIENCE_SECONDS = 90.0
_TESTS = Path(__file__).parents[1]


@dataclass
class Workers:
    """Starts workers on one database, each inside the command `wrapper` if there is one.

    Where there is a folder of gates, they are `gated_worker`s. `program` is what else to run.
    """

    database_url: str
    data_dir: Path
    wrapper: tuple[str, ...] = ()
    gates: Path | None = None
    program: tuple[str, ...] = ("milepost.cli", "worker")
    lease_seconds: float = 30.0
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **settings: str) -> psutil.Process:
        """Start a worker, with more settings if there are some."""
        log_path = self.data_dir / "worker.log"
        environment = os.environ | {
            "MILEPOST_DATABASE_URL": self.database_url,
            "MILEPOST_DATA_DIR": str(self.data_dir),
            "MILEPOST_LOG_LEVEL": "INFO",
            "MILEPOST_WORKER_LEASE_SECONDS": str(self.lease_seconds),
            "PYTHONPATH": str(_TESTS),
            **settings,
        }
        program = list(self.program)
        if self.gates is not None:
            program = ["harness.gated_worker"]
            environment |= {"GATES": str(self.gates)}
        command = dying_with_parent(
            [*self.wrapper, sys.executable, "-m", *program], on_orphaned=signal.SIGKILL
        )
        with log_path.open("ab") as log:
            worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self._running.append(worker)
        return psutil.Process(worker.pid)

    def stop(self) -> None:
        """Stop every worker that still runs."""
        for worker in self._running:
            worker.terminate()
        for worker in self._running:
            try:
                worker.wait(15)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


@contextmanager
def stopping(workers: Workers) -> Iterator[Workers]:
    """Yield `workers`, and stop them all at the end."""
    try:
        yield workers
    finally:
        workers.stop()


def kill_and_list_leftovers(worker: psutil.Process) -> list[psutil.Process]:
    """End a worker with SIGKILL, and return which of its descendants live on."""
    descendants = worker.children(recursive=True)
    assert descendants, "the worker was to be killed while something ran below it"
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    _, alive = psutil.wait_procs(descendants, timeout=10)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def kill(worker: psutil.Process) -> None:
    """End a worker with SIGKILL."""
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)


def wait_for(what: str, is_true: Callable[[], object]) -> None:
    """Return once it is true; fail after a long while, naming what was waited for."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        if is_true():
            return
        time.sleep(0.02)
    raise AssertionError(f"Waited {PATIENCE_SECONDS:.0f} seconds in vain: {what}")

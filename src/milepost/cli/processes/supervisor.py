"""Keeps what `milepost up` started alive: the database, the web server, the grading workers.

What they are is `up`'s business. Invariants: single-threaded, because children end with the
thread that starts them; after `stop()` nothing that was started here runs.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from milepost.embedded import EmbeddedPostgres, EmbeddedServerError
from milepost.embedded.parent_death import dying_with_parent

_TICK_SECONDS = 0.5
_SETTLED_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 10.0
_STOP_SECONDS = 10.0
_LAST_WORDS_BYTES = 2000
_LOG_BYTES = 5 * 1024 * 1024


class Interruptions:
    """Turns the first SIGINT, SIGTERM or SIGHUP into KeyboardInterrupt, and counts the rest."""

    def __init__(self) -> None:
        self._count = 0
        self._raises = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    @property
    def forced(self) -> bool:
        """Whether the person asked a second time, and has waited enough."""
        return self._count > 1

    def note_stopping(self) -> None:
        """From now on only count: stopping must not be torn apart by what asks for it."""
        self._raises = False
        self._count = max(self._count, 1)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._count += 1
        if self._raises:
            self._raises = False
            raise KeyboardInterrupt


@dataclass(slots=True)
class Backoff:
    """How long to wait before starting something again that keeps ending."""

    failures: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def note_start(self) -> None:
        """Remember when it started: one that lived long has settled."""
        self.started_at = time.monotonic()

    def note_end(self) -> float:
        """Say how many seconds to wait now: 0.5, 1, 2, … up to ten."""
        now = time.monotonic()
        if now - self.started_at > _SETTLED_SECONDS:
            self.failures = 0
        wait = min(0.5 * 2.0 ** min(self.failures, 10), _LONGEST_WAIT_SECONDS)
        self.failures += 1
        self.due_at = now + wait
        return wait


@dataclass(slots=True)
class Child:
    """A process of ours, and how to start it again.

    Should we be killed, the kernel kills it: the database ends then too, so there is nothing left
    to end well with, and a job that a worker leaves behind is given to the next one.
    """

    title: str
    command: list[str]
    environment: Mapping[str, str]
    log_file: Path | None
    process: subprocess.Popen[bytes] | None = None
    backoff: Backoff = field(default_factory=Backoff)

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches it through us only."""
        self.backoff.note_start()
        log = None if self.log_file is None else _open_log(self.log_file)
        try:
            self.process = subprocess.Popen(
                dying_with_parent(self.command, on_orphaned=signal.SIGKILL),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            if log is not None:
                os.close(log)

    def find_exit_code(self) -> int | None:
        """How it ended, or None while it lives."""
        return None if self.process is None else self.process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it alone."""
        if self.process is not None:
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Kill what is left of its process group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Watches children and the database, starts again what ends, and stops everything."""

    def __init__(self, interruptions: Interruptions, *, say: Callable[[str], None]) -> None:
        self._interruptions = interruptions
        self._say = say
        self._children: list[Child] = []
        self._database: EmbeddedPostgres | None = None
        self._database_backoff = Backoff()

    def adopt_database(self, database: EmbeddedPostgres) -> None:
        """Watch over a server that was started already."""
        self._database_backoff.note_start()
        self._database = database

    def start(self, child: Child) -> Child:
        """Start a child and watch over it."""
        self._children.append(child)
        child.start()
        return child

    def watch(self) -> None:
        """Look after everything until interrupted."""
        while True:
            self.tend()
            time.sleep(_TICK_SECONDS)

    def tend(self) -> None:
        """Start again, when its time has come, whatever has ended."""
        self._tend_database()
        for child in self._children:
            self._tend_child(child)

    def stop(self) -> None:
        """Stop the children, then the database; at once when the person insists."""
        self._interruptions.note_stopping()
        for child in self._children:
            child.send(signal.SIGTERM)
        give_up_at = time.monotonic() + _STOP_SECONDS
        while self._is_any_alive() and time.monotonic() < give_up_at:
            if self._interruptions.forced:
                break
            time.sleep(0.02)
        for child in self._children:
            child.sweep()
            if child.process is not None:
                child.process.wait()
        self._children.clear()
        if self._database is not None:
            self._database.stop()
            self._database = None

    def _is_any_alive(self) -> bool:
        return any(child.find_exit_code() is None for child in self._children if child.process)

    def _tend_child(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.backoff.due_at:
                child.start()
            return
        code = child.find_exit_code()
        if code is None:
            return
        child.sweep()
        child.process = None
        wait = child.backoff.note_end()
        self._say(
            f"{child.title} {describe_end(code)}; it starts again in {wait:g} s.{_hint(child)}"
        )

    def _tend_database(self) -> None:
        database, backoff = self._database, self._database_backoff
        if database is None or database.is_running() or time.monotonic() < backoff.due_at:
            return
        if database.pid is not None:
            database.stop()
            wait = backoff.note_end()
            self._say(f"PostgreSQL ended; it starts again in {wait:g} s.")
            return
        backoff.note_start()
        try:
            database.start()
        except EmbeddedServerError as error:
            wait = backoff.note_end()
            self._say(f"{error} {error.fix} The next try is in {wait:g} s.")
        else:
            self._say("PostgreSQL runs again.")


def describe_end(code: int) -> str:
    """Say in words how a process ended."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"


def _hint(child: Child) -> str:
    """Say what a child said in words when it ended, and where it said more."""
    if child.log_file is None:
        return ""
    with suppress(OSError), child.log_file.open("rb") as log:
        log.seek(max(log.seek(0, os.SEEK_END) - _LAST_WORDS_BYTES, 0))
        lines = log.read().decode(errors="replace").strip().splitlines()[-2:]
        words = [line.strip() for line in lines if not line.startswith(("{", " "))]
        said = f" It said: {' '.join(words)}" if words else ""
        return f"{said} Its log: {child.log_file}"
    return f" Its log: {child.log_file}"


def _open_log(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

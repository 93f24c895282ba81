"""The learner's server as a process: starts it, waits until it listens, says why it does not.

Invariant: a server that cannot be reached is explained by what was tried, what it printed last and
where it listens instead, never by a bare refusal.
"""

import re
import shlex
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import GuestFault, ServiceEnded, ServiceNotReached
from milepost.engine.checks.guest_client import GuestClient, RunningProgram
from milepost.engine.checks.missing_imports import explain_missing_import
from milepost.engine.checks.streams import Plan
from milepost.engine.evidence.remarks import Printed, PrintedLog, StartedWith

PORT = 8000
URL = f"http://localhost:{PORT}"
# The addresses on which `localhost` is reached, as the guest lists them.
_REACHED = {f"{address}:{PORT}" for address in ("127.0.0.1", "0.0.0.0", "[::1]", "[::]")}
_LOOK_SECONDS = 0.25
_ELSEWHERE_SECONDS = 3.0  # listening somewhere else for so long, it will not come here
_GRACE_SECONDS = 0.5  # between a closed connection and the end of the process that closed it
_SILENCE_SECONDS = 0.05
_SHOWN_CHARACTERS = 4000
_LONGEST_LINE = 160
# The line of a report that names an error. Python ends its reports with it; Node.js and Go write
# the stack, the version or other details below.
_NAMES_AN_ERROR = re.compile(r"([\w.]*(Error|Exception)( \[\w+\])?|panic|fatal error)(:|$)")


FileChange: TypeAlias = tuple[str, bytes | None]  # a path, and what is there now, if anything


class Server:
    """A server that was started, whether it still runs or not."""

    def __init__(self, guest: GuestClient, running: RunningProgram, check: CheckContext) -> None:
        self.running = running
        self._guest = guest
        self._check = check
        self._killed = False
        self._spare: tuple[socket.socket, float] | None = None

    def connect(self, deadline: float, patience_seconds: float = 0.0) -> socket.socket | None:
        """Connect to it; None when nothing accepts for so long, or when it has ended."""
        if self._spare is not None and time.monotonic() - self._spare[1] < _LOOK_SECONDS:
            spare, self._spare = self._spare[0], None
            return spare
        self.close_spare()
        dial = self._guest.dial(PORT, patience_seconds=patience_seconds)
        self.running.pump(lambda: dial.is_answered or self.running.exit is not None, deadline)
        if dial.is_connected:
            return dial.socket
        dial.socket.close()
        return None

    def keep(self, spare: socket.socket) -> None:
        """Keep a connection for the next request."""
        self._spare = (spare, time.monotonic())

    def close_spare(self) -> None:
        """Close a kept connection: a server may serve nobody else before it has its request."""
        if self._spare is not None:
            self._spare[0].close()
            self._spare = None

    def require_running(self, when: str, *, grace: bool = False, is_starting: bool = False) -> None:
        """Raise ServiceEnded, or the limit that it went over, if it runs no more."""
        if self._killed:
            raise RuntimeError("The check has killed the service. Call service.restart() first.")
        if grace:
            self.running.pump(
                lambda: self.running.exit is not None, time.monotonic() + _GRACE_SECONDS
            )
        ended = self.running.exit
        if ended is None:
            return
        self.running.read_ready()
        self.running.refuse_excess()
        raise ServiceEnded(
            f"Your service ended by itself {when}: {describe_end(ended.code)}."
            f"{self._explain_end() if is_starting else ''}",
            exit_code=ended.code,
            printed=self.read_logs(),
            detail=self.describe_logs(),
        )

    def _explain_end(self) -> str:
        """Quote the last error that it printed, or else its last line, and say what may help."""
        missing = explain_missing_import(self.read_logs(), self._check.settings.importable)
        return f"{self._quote_reason()}{missing}"

    def _quote_reason(self) -> str:
        lines = [line.strip() for line in clean(self.read_logs()).split("\n") if line.strip()]
        errors = [line for line in lines if _NAMES_AN_ERROR.match(line)]
        quoted = (errors or lines or [""])[-1][:_LONGEST_LINE].replace("`", "'")
        word = "Its last error was" if errors else "It printed last"
        return f" {word}: `{quoted}`" if quoted else ""

    def list_listeners(self) -> list[str]:
        """List where something listens in the guest."""
        return self._guest.list_listeners()

    def read_logs(self) -> str:
        """Return what the service has printed so far."""
        if self._guest.alive:
            self.running.read_ready()
        return self.running.captured["stdout"].decode(errors="replace")

    def let_it_print(self) -> None:
        """Wait a moment for what it has to say: many answer 500 first, and log the reason then."""
        deadline = time.monotonic() + _GRACE_SECONDS
        printed = self.running.captured["stdout"]
        with suppress(GuestFault):
            before = len(printed)
            self.running.pump(lambda: len(printed) > before, deadline)
            while before < len(printed) and time.monotonic() < deadline:
                before = len(printed)
                self.running.pump(lambda: False, time.monotonic() + _SILENCE_SECONDS)

    def describe_logs(self) -> str:
        """Return in words what the service printed last, for the detail of a fault."""
        logs = clean(self.read_logs()).strip()
        return f"It printed last:\n{logs[-_SHOWN_CHARACTERS:]}" if logs else "It printed nothing."

    def kill(self) -> None:
        """End the service with every process that it has started."""
        self._killed = True
        self.running.kill()

    def close(self) -> str:
        """End the service, close what is held of it, and return all that it printed."""
        self.close_spare()
        if self._guest.alive:
            self.running.kill()
        self._check.note_usage(self.running)
        logs = self.running.captured["stdout"].decode(errors="replace")
        self.running.close()
        return logs


def start_server(
    check: CheckContext, extra: Mapping[str, str], changes: tuple[FileChange, ...] = ()
) -> Server:
    """Start the learner's server and wait until it accepts a connection, or raise a GuestFault.

    `changes` is what the check has made of the learner's files before.
    """
    settings = check.settings
    if not settings.entry.service:
        raise RuntimeError("lab.toml says nothing of a `service` for this stack.")
    # A database has other names each time, but it makes a difference whether there is one.
    how = (*sorted(check.environment), *sorted(extra.items()), *changes)
    known = check.guests.not_started.get(how)
    if known is not None:
        raise known
    guest = check.get_clean_guest()
    own = {**settings.program_environment, **check.environment}
    environment = {**own, **settings.service_environment, "PORT": str(PORT), **extra}
    running = check.start_program(
        Plan(settings.entry.service, merged=True), environment, copies=check.services_to_come
    )
    server = Server(guest, running, check)
    since = time.monotonic()
    try:
        _await_listening(server, settings.entry.service, settings.limits.run_seconds)
    except BaseException as error:
        logs = server.close()
        if isinstance(error, ServiceNotReached):
            check.guests.not_started[how] = error
        if isinstance(error, GuestFault):
            _record_start(check, since, error, logs)
        raise
    return server


def _await_listening(server: Server, argv: tuple[str, ...], seconds: float) -> None:
    began = time.monotonic()
    elsewhere: float | None = None
    while time.monotonic() < began + seconds:
        spare = server.connect(began + seconds, _LOOK_SECONDS)
        if spare is not None:
            server.keep(spare)
            return
        server.require_running(f"before it listened on port {PORT}", is_starting=True)
        now = time.monotonic()
        elsewhere = (elsewhere or now) if server.list_listeners() else None
        if elsewhere is not None and now - elsewhere > _ELSEWHERE_SECONDS:
            break
    raise _explain_silence(server, argv, time.monotonic() - began)


def _explain_silence(server: Server, argv: tuple[str, ...], seconds: float) -> ServiceNotReached:
    found = server.list_listeners()
    here = [address for address in found if address.endswith(f":{PORT}")]
    if any(address in _REACHED for address in here):
        where = f"Something listens on {', '.join(here)}, but accepts no connection there."
    elif here:
        where = (
            f"It listens on {', '.join(here)}, where only those who ask for that address find it."
            f" `localhost` is 127.0.0.1, so listen on 127.0.0.1:{PORT}, or on 0.0.0.0:{PORT}."
        )
    elif found:
        where = (
            f"It listens on {', '.join(found)} instead. The port is in the environment variable"
            f" PORT, and the address is 127.0.0.1."
        )
    else:
        where = "It still runs, but listens on no port at all."
    return ServiceNotReached(
        f"Your service did not listen on port {PORT} within {seconds:.0f} seconds. {where}",
        detail=f"It was started with `{shlex.join(argv)}` and PORT={PORT}.\n"
        + server.describe_logs(),
    )


def _record_start(check: CheckContext, since: float, fault: GuestFault, logs: str) -> None:
    line = shlex.join(check.settings.entry.service)
    lines = tuple(clean(logs)[-_SHOWN_CHARACTERS:].splitlines())
    piece = PrintedLog(
        title=f"Starting {line}",
        request=StartedWith(line, {"PORT": str(PORT)}),
        response=Printed(lines, fault=str(fault)),
        repeat=f"PORT={PORT} {line}",
    )
    check.recorder.record(piece, since=since)


def describe_end(code: int) -> str:
    """Return in words how a process ended: its exit code, or the signal that ended it."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"

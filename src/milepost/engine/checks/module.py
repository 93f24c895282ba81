"""The process that has imported the learner's module, and the channels on which it is asked.

A harness that was forked imports once a run and serves each check from a fork of what stands then,
so a check meets the module as it is after its import, whatever another check has done to it. Where
that cannot be (Node.js, no namespaces, an import that starts threads or leaves files), each check
has a process that imports anew.
"""

import json
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    GuestDied,
    LimitReached,
    SolutionNotImported,
    SolutionTimedOut,
)
from milepost.engine.checks.guest import Guest, RunningProgram
from milepost.engine.checks.settings import Settings
from milepost.engine.checks.values import make_decoder
from milepost.engine.checks.written import as_json
from milepost.engine.guest.wire import MalformedFrame

_SERVE = b"s"  # with a channel: in a fork, on that one; without: yourself, on the one you have


class CallChannel:
    """A channel on which a harness answers calls, one after the other."""

    def __init__(self) -> None:
        self.socket, self.theirs = socket.socketpair()
        self.socket.setblocking(False)
        self.answers: list[dict[str, Any]] = []
        self.nonsense = ""
        self._decoder = make_decoder()
        self._closed_by_guest = False

    def send(self, data: bytes, deadline: float) -> None:
        """Send a call; that nobody takes it is found out by waiting for the answer."""
        self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            self.socket.sendall(data)
        except OSError:
            self._closed_by_guest = True
        self.socket.setblocking(False)

    def has_answer(self) -> bool:
        """Take in what has come; say whether an answer has, or none can come any more."""
        try:
            # Once, not until nothing is left: whoever floods it would keep this waiting for ever.
            data = self.socket.recv(1 << 20)
            self._decoder.feed(data)
            while (frame := self._decoder.next_frame()) is not None:
                self.answers.append(frame.body)
            self._closed_by_guest = not data
        except BlockingIOError:
            pass
        except MalformedFrame as error:
            self.nonsense = str(error)
        except OSError:
            self._closed_by_guest = True
        return bool(self.answers or self.nonsense) or self._closed_by_guest

    def close(self) -> None:
        """Close both ends that are still here."""
        self.socket.close()
        self.theirs.close()


class ModuleProcess:
    """A process in the guest with the learner's module. Whoever makes one closes it."""

    def __init__(
        self, guest: Guest, settings: Settings, module: str, environment: Mapping[str, str]
    ) -> None:
        self.environment = environment
        self._guest = guest
        self._first = CallChannel()
        try:
            self.running = RunningProgram(
                guest,
                (*settings.harness, module),
                environment,
                extra_fds=[self._first.theirs.fileno()],
                limits=settings.limits,
            )
        except BaseException:
            self._first.close()
            raise
        self._first.theirs.close()
        can_fork = self._import(module, settings.limits.run_seconds)
        self._forks = can_fork and guest.keep(self.running.number)
        if can_fork and not self._forks:
            self._first.send(_SERVE, time.monotonic() + settings.limits.run_seconds)

    def renew(self) -> bool:
        """Get ready for another check; False if this one cannot serve it."""
        if not self._guest.alive or self._guest.kept != self.running.number:
            return False
        try:
            self.running.read_ready()
        except LimitReached:  # what the last check's fork had still printed, without end
            return False
        for data in self.running.captured.values():
            data.clear()
        return True

    def open_channel(self) -> CallChannel:
        """Answer a channel to a fork that nobody has called yet, or to the process itself."""
        if not self._forks:
            return self._first
        channel = CallChannel()
        with channel.theirs, suppress(OSError):  # it has gone: the first call will find out
            socket.send_fds(self._first.socket, [_SERVE], [channel.theirs.fileno()])
        return channel

    def await_answer(self, channel: CallChannel, what: str, seconds: float) -> dict[str, Any]:
        """Wait for the next answer on a channel. Whoever gives none in time, or none, is killed."""
        self.running.watch(channel.socket)
        try:
            in_time = self.running.pump(channel.has_answer, time.monotonic() + seconds)
        finally:
            self.running.unwatch(channel.socket)
        if not in_time:
            self.running.kill()
            raise SolutionTimedOut(
                f"{_begin(what)} had not answered after {seconds:g} seconds and was stopped.",
                limit="run_seconds",
            )
        if channel.nonsense:
            self.running.kill()
            raise GuestDied(f"{_begin(what)} did not give a proper answer: {channel.nonsense}.")
        if not channel.answers:
            self.running.kill()
            stderr = clean(bytes(self.running.captured["stderr"]))
            raise GuestDied(f"Your code ended the process during {what}.", detail=stderr)
        self.running.read_ready()
        return channel.answers.pop(0)

    def close(self) -> None:
        """Let go of it; a reset that does not keep it ends it."""
        self._first.close()
        self.running.close()

    def _import(self, module: str, seconds: float) -> bool:
        """Wait until the module is imported; answer whether its process forks for each channel."""
        try:
            answer = self.await_answer(self._first, f"the import of `{module}`", seconds)
            _require_imported(answer, module)
        except BaseException:
            self.close()
            raise
        return answer.get("forks") is True


def _require_imported(answer: Mapping[str, Any], module: str) -> None:
    if answer.get("imported") is not True:
        error = answer.get("error", {})
        raise SolutionNotImported(
            f"Your module `{module}` could not be imported: "
            f"{read_text(error, 'type')}: {read_text(error, 'message')}",
            detail=read_text(error, "traceback"),
        )


def read_text(error: Any, name: str) -> str:
    """Read a text from what a guest said, whatever it really is."""
    value = error.get(name, "") if isinstance(error, dict) else error
    return clean(value if isinstance(value, str) else json.dumps(as_json(value)))


def _begin(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]

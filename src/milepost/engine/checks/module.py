"""The process that has imported the learner's module, and the channels on which it is asked.

Each check has a process of its own that imports the module anew, and so meets it as its import
leaves it, whatever another check has done. Where it is forked, the libraries are there already.
"""

import json
import socket
import time
from collections.abc import Mapping
from typing import Any

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    GuestDied,
    SolutionNotImported,
    SolutionTimedOut,
)
from milepost.engine.checks.guest import RunningProgram
from milepost.engine.checks.values import make_decoder
from milepost.engine.checks.written import as_json
from milepost.engine.guest.wire import MalformedFrame


class CallChannel:
    """A channel on which a harness answers calls, one after the other."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
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
        """Close it."""
        self.socket.close()


class ModuleProcess:
    """A process in the guest with the learner's module. Whoever makes one closes it."""

    def __init__(self, running: RunningProgram, module: str, seconds: float) -> None:
        self.running = running
        self.channel = CallChannel(running.take_channel())
        self._import(module, seconds)

    def await_answer(self, what: str, seconds: float) -> dict[str, Any]:
        """Wait for the next answer. Whoever gives none in time, or none, is killed."""
        channel = self.channel
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
        """Let go of it; the next reset ends it."""
        self.channel.close()
        self.running.close()

    def _import(self, module: str, seconds: float) -> None:
        """Wait until the module is imported."""
        try:
            _require_imported(self.await_answer(f"the import of `{module}`", seconds), module)
        except BaseException:
            self.close()
            raise


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

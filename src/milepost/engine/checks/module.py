"""The process that has imported the learner's module, and the channels on which it is asked.

Each check has a process of its own that imports the module anew, and so meets it as its import
leaves it, whatever another check has done. Where it is forked, the libraries are there already.
"""

import socket
import time

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    GuestDied,
    SolutionNotImported,
    SolutionTimedOut,
)
from milepost.engine.checks.guest_client import RunningProgram
from milepost.engine.checks.missing_imports import explain_missing_import
from milepost.engine.checks.values import make_decoder
from milepost.engine.protocol.frames import MalformedMessage
from milepost.engine.protocol.harness import ImportDone, ImportFailed, Reply, decode_reply
from milepost.engine.protocol.settings import Importable


class CallChannel:
    """A channel on which a harness replies to calls, one after the other."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.socket.setblocking(False)
        self.replies: list[Reply] = []
        self.malformed = ""  # what is wrong with what came, if anything is
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

    def has_reply(self) -> bool:
        """Take in what has come; return whether a reply has, or none can come any more."""
        try:
            # Once, not until nothing is left: code that floods it would keep this waiting for ever.
            data = self.socket.recv(1 << 20)
            self._decoder.feed(data)
            while (frame := self._decoder.next_frame()) is not None:
                self.replies.append(decode_reply(frame.body))
            self._closed_by_guest = not data
        except BlockingIOError:
            pass
        except MalformedMessage as error:
            self.malformed = str(error)
        except OSError:
            self._closed_by_guest = True
        return bool(self.replies or self.malformed) or self._closed_by_guest

    def close(self) -> None:
        """Close it."""
        self.socket.close()


class ModuleProcess:
    """A process in the guest with the learner's module. The caller closes it."""

    def __init__(
        self, running: RunningProgram, module: str, seconds: float, importable: Importable
    ) -> None:
        self.running = running
        self._importable = importable
        self.channel = CallChannel(running.take_channel())
        self._import(module, seconds)

    def await_reply(self, what: str, seconds: float) -> Reply:
        """Wait for the next reply. Where none comes in time, or a malformed one, it is killed."""
        channel = self.channel
        self.running.watch(channel.socket)
        try:
            in_time = self.running.pump(channel.has_reply, time.monotonic() + seconds)
        finally:
            self.running.unwatch(channel.socket)
        if not in_time:
            self.running.kill()
            raise SolutionTimedOut(
                f"{_begin(what)} had not answered after {seconds:g} seconds and was stopped.",
                limit="run_seconds",
            )
        if channel.malformed:
            self.running.kill()
            raise GuestDied(f"{_begin(what)} did not give a proper answer: {channel.malformed}.")
        if not channel.replies:
            self.running.kill()
            stderr = clean(bytes(self.running.captured["stderr"]))
            raise GuestDied(f"Your code ended the process during {what}.", detail=stderr)
        self.running.read_ready()
        return channel.replies.pop(0)

    def close(self) -> None:
        """Close the channel; the next reset ends the process."""
        self.channel.close()
        self.running.close()

    def _import(self, module: str, seconds: float) -> None:
        """Wait until the module is imported."""
        try:
            reply = self.await_reply(f"the import of `{module}`", seconds)
            _require_imported(reply, module, self._importable)
        except BaseException:
            self.close()
            raise


def _require_imported(reply: Reply, module: str, importable: Importable) -> None:
    if isinstance(reply, ImportFailed):
        error = reply.error
        said = clean(error.message)
        raise SolutionNotImported(
            f"Your module `{module}` could not be imported: "
            f"{clean(error.type)}: {said}{explain_missing_import(said, importable)}",
            detail=clean(error.traceback),
        )
    if not isinstance(reply, ImportDone):
        raise GuestDied(f"The import of `{module}` did not give a proper answer.")


def _begin(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]

"""The commands that Redis ran, as its MONITOR tells them: learner code has no way to turn it off.

A thread takes in what comes, so that Redis never has to wait or to keep it; it is read into words
only when somebody asks. Which of the commands were the check's own is `redis`'s business.
"""

import re
import shlex
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(rb'\+(?P<at>\d+\.\d+) \[\d+ (?P<from>[^\]]*)\] (?P<words>".*")')
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}
_TAIL_BYTES = 64 * 1024
_MARK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """One line of MONITOR. `at` is a time of `time.monotonic`."""

    words: tuple[bytes, ...]
    at: float
    by_script: bool


@dataclass(frozen=True, slots=True)
class RanCommand:
    """A command that learner code ran. `at` is in seconds since the run began."""

    name: str  # in capitals, such as GET
    arguments: tuple[str, ...]
    at: float
    by_script: bool  # from inside an EVAL

    def __str__(self) -> str:
        """Write it as one would type it."""
        return shlex.join((self.name, *self.arguments))


class CommandLog:
    """Listens on a connection of its own until it is closed, and keeps the first `most_bytes`."""

    def __init__(self, connection: socket.socket, most_bytes: int) -> None:
        self._connection = connection
        self._most_bytes = most_bytes
        self._kept = bytearray()
        self._tail = b""
        self._ended = False
        self._came = threading.Condition()
        self._since_boot = time.time() - time.monotonic()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def is_full(self) -> bool:
        """Whether more came than is kept."""
        return len(self._kept) >= self._most_bytes

    def wait_for(self, mark: bytes) -> bool:
        """Wait until a word has come; False if the server has gone before it."""
        with self._came:
            self._came.wait_for(lambda: self._ended or self._has(mark), _MARK_SECONDS)
            return self._has(mark)

    def read(self) -> Iterator[LoggedCommand]:
        """Read what has come so far."""
        for line in bytes(self._kept).split(b"\r\n"):
            found = _LINE.match(line)
            if found is not None:
                yield LoggedCommand(
                    words=tuple(_unescape(word) for word in _WORD.findall(found["words"])),
                    at=float(found["at"]) - self._since_boot,
                    by_script=found["from"] == b"lua",
                )

    def close(self) -> None:
        """Listen no more."""
        self._connection.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._connection.close()

    def _has(self, mark: bytes) -> bool:
        return mark in self._tail

    def _listen(self) -> None:
        while data := self._receive():
            with self._came:
                self._kept += data[: self._most_bytes - len(self._kept)]
                self._tail = (self._tail + data)[-_TAIL_BYTES:]
                self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(_TAIL_BYTES)
        except OSError:
            return b""


def _unescape(word: bytes) -> bytes:
    return _ESCAPE.sub(_unescape_one, word)


def _unescape_one(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code[1:], 16)]) if len(code) > 1 else _LETTERS.get(code, code)

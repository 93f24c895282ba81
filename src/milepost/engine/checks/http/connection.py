"""One connection to the learner's service: bytes through the guest's launcher, both ways at once.

No TCP is spoken on this side, and no HTTP. While it waits it moves what the service prints, so that
a full pipe never stops it. Every exchange has one deadline, which is looked at before every read.
"""

import select
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

_HEAD_BYTES = 200
_PIECE_BYTES = 64 * 1024


class DeadlinePassed(Exception):
    """The time for the exchange is up."""


class Pump(Protocol):
    """Keeps other things moving while a connection waits."""

    def watch(self, channel: socket.socket, events: int = ...) -> None:
        """Also wake `pump` for this socket."""

    def unwatch(self, channel: socket.socket) -> None:
        """No longer wake `pump` for this socket."""

    def pump(self, until: Callable[[], bool], deadline: float) -> bool:
        """Wait until something holds; False if the deadline came first."""


class Stream:
    """A connected socket.

    What is to be sent goes out while answers are read: a service may answer before it has read
    everything, or without reading it at all, and its answer must not be lost then.
    """

    def __init__(self, sock: socket.socket, running: Pump, deadline: float) -> None:
        self._socket = sock
        self._running = running
        self._deadline = deadline
        self._unsent = memoryview(b"")
        self.received_bytes = 0
        self.head = b""  # the first bytes that came, to be shown if they are not HTTP

    def wait_until(self, deadline: float) -> None:
        """Replace the deadline."""
        self._deadline = deadline

    def require_time(self) -> None:
        """Raise DeadlinePassed if the time is up, however much there still is to read."""
        if time.monotonic() > self._deadline:
            raise DeadlinePassed

    def begin(self, request: bytes) -> None:
        """Begin to send a request; the rest of it goes out while the answer is read."""
        self._unsent = memoryview(request)
        self._send()

    def send_ahead(self, request: bytes) -> None:
        """Send a whole request, or as much of it as the service takes before it answers."""
        self.begin(request)
        while self._unsent and not self.has_news():
            self._wait(lambda: self._send() or self.has_news())

    def has_news(self) -> bool:
        """Return whether there is something to read, be it the end; nothing is read."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def read(self) -> bytes:
        """Wait for the next bytes and send meanwhile; none when the service has closed."""
        self.require_time()
        data: list[bytes] = []

        def move() -> bool:
            has_sent_the_rest = bool(self._unsent) and self._send()
            return self._receive(data) or has_sent_the_rest

        while not data:
            self._wait(move)
        self.received_bytes += len(data[0])
        self.head += data[0][: max(_HEAD_BYTES - len(self.head), 0)]
        return data[0]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _send(self) -> bool:
        """Send what can be sent now; whether nothing is left to be sent."""
        with suppress(BlockingIOError):
            try:
                while self._unsent:
                    self._unsent = self._unsent[self._socket.send(self._unsent) :]
            except ConnectionError:  # the answer, or its absence, tells more
                self._unsent = memoryview(b"")
        return not self._unsent

    def _receive(self, data: list[bytes]) -> bool:
        with suppress(BlockingIOError):
            try:
                data.append(self._socket.recv(_PIECE_BYTES))
            except ConnectionError:
                data.append(b"")
        return bool(data)

    def _wait(self, is_done: Callable[[], bool]) -> None:
        if is_done():
            return
        writes = selectors.EVENT_WRITE if self._unsent else 0
        self._running.watch(self._socket, selectors.EVENT_READ | writes)
        try:
            if not self._running.pump(is_done, self._deadline):
                raise DeadlinePassed
        finally:
            self._running.unwatch(self._socket)

"""Moves bytes between a guest's TCP ports and the unix sockets that its host knows, both ways.

It lives in the launcher's one loop and never waits: every buffer is bounded, and an end that
reads slowly slows down the one that sends to it. Nothing is looked at or changed on the way.
"""

import contextlib
import errno
import os
import resource
import selectors
import socket
import struct
import time
from collections.abc import Callable

from milepost.engine.agent.loop import READ, WRITE, Loop

BUFFER_BYTES = 128 * 1024  # for each direction of each link
MAX_LINKS = 64
_KEPT_DESCRIPTORS = 32  # for the launcher itself, and for what it starts
# Who waits for a server waits this long between two tries, or for a part of the time so far: a try
# costs 50 µs of a processor that a server may need to start.
_PAUSE_SECONDS, _MOST_PAUSE_SECONDS = 0.001, 0.02
_PAUSE_SHARE = 1 / 16
_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Answer = Callable[[str | None], None]


class Forwarder:
    """All links of one guest."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._parts: set[Link | Dial] = set()
        self._refused: list[Dial] = []

    def dial(
        self, port: int, far: socket.socket, answer: Answer, *, patience_seconds: float = 0.0
    ) -> None:
        """Connect `far` to a port of this guest. `answer` gets None, or the reason why not.

        Where nobody listens it tries again for as long as it has patience.
        """
        if self.is_full():
            far.close()
            answer("too many connections are open already")
            return
        until = time.monotonic() + patience_seconds
        self._parts.add(Dial(self, port, far, answer, until))

    @property
    def pause_seconds(self) -> float | None:
        """In how long `try_again` wants to be called; None if nobody waits for that."""
        if not self._refused:
            return None
        waited = time.monotonic() - max(dial.since for dial in self._refused)
        return min(max(_PAUSE_SECONDS, waited * _PAUSE_SHARE), _MOST_PAUSE_SECONDS)

    def try_again(self) -> None:
        """Try again what was refused."""
        refused, self._refused = self._refused, []
        for dial in refused:
            dial.begin()

    def wait_with(self, dial: "Dial") -> None:
        """Have a refused dial begin anew in a moment."""
        self._refused.append(dial)

    def link(self, near: socket.socket, far: socket.socket, *, owned: bool = False) -> None:
        """Move bytes between two connected sockets until both have ended.

        With `owned`, the end of `far` is the end of both: nobody is left to read an answer.
        """
        self._parts.add(Link(self, near, far, owned=owned))

    def is_full(self) -> bool:
        """Return whether there are as many links as there may be, or as descriptors suffice for."""
        open_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return len(self._parts) >= min(MAX_LINKS, (open_files - _KEPT_DESCRIPTORS) // 2)

    def close(self) -> None:
        """End all links at once."""
        for part in list(self._parts):
            part.close()

    def watch(self, sock: socket.socket, events: int, ready: Callable[[], None]) -> None:
        """Have `ready` called when something can be done with a socket; 0 for never again."""
        reads, writes = events & selectors.EVENT_READ, events & selectors.EVENT_WRITE
        self._loop.watch(sock, (READ if reads else 0) | (WRITE if writes else 0), ready)

    def forget(self, part: "Link | Dial") -> None:
        """Forget a part that has closed itself."""
        self._parts.discard(part)
        self._refused = [dial for dial in self._refused if dial is not part]


class Dial:
    """A connection that is being made, to 127.0.0.1 or else to ::1, as `localhost` means both."""

    def __init__(
        self, owner: Forwarder, port: int, far: socket.socket, answer: Answer, until: float
    ) -> None:
        self._owner = owner
        self._port = port
        self._far = far
        self._answer = answer
        self._until = until
        self._near: socket.socket | None = None
        self.since = time.monotonic()
        self.begin()

    def begin(self) -> None:
        """Try every address once."""
        self._addresses = list(_LOOPBACK)
        self._reason = ""
        self._try_next()

    def close(self) -> None:
        """Give up."""
        self._drop()
        self._far.close()
        self._owner.forget(self)

    def _try_next(self) -> None:
        """Connect to the next address. Where nobody listens, loopback refuses at once."""
        self._drop()
        while self._addresses:
            try:
                near = socket.socket(self._addresses[0][0], socket.SOCK_STREAM)
            except OSError as error:  # no IPv6 here
                self._addresses.pop(0)
                self._reason = self._reason or str(error)
                continue
            near.setblocking(False)
            number = near.connect_ex((self._addresses.pop(0)[1], self._port))
            if number in {0, errno.EINPROGRESS}:
                number = near.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not number:
                self._await(near)
                return
            near.close()
            self._reason = self._reason or os.strerror(number)
        if time.monotonic() < self._until:
            self._owner.wait_with(self)
            return
        self.close()
        self._answer(self._reason)

    def _await(self, near: socket.socket) -> None:
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._near = near
        self._owner.watch(near, selectors.EVENT_WRITE, self._decide)

    def _decide(self) -> None:
        if self._near is None:  # given up in the same round in which an answer came
            return
        number = self._near.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._reason = self._reason or os.strerror(number)
            self._try_next()
            return
        near, self._near = self._near, None
        self._owner.watch(near, 0, self._decide)
        self._owner.forget(self)
        self._owner.link(near, self._far, owned=True)
        self._answer(None)

    def _drop(self) -> None:
        if self._near is not None:
            self._owner.watch(self._near, 0, self._decide)
            self._near.close()
            self._near = None


class Link:
    """Two connected sockets and the bytes between them. `near` is the one inside the guest."""

    def __init__(
        self, owner: Forwarder, near: socket.socket, far: socket.socket, *, owned: bool
    ) -> None:
        self._owner = owner
        self._near = near
        self._far = far
        self._owned = owned
        self._inwards = Lane(far, near)
        self._outwards = Lane(near, far)
        for sock in (near, far):
            sock.setblocking(False)
        self._watch()

    def close(self) -> None:
        """End both."""
        if self._outwards.ended:
            # A server that closed first would hold its port for a minute (TIME_WAIT), and the
            # next one could not listen there. A reset after the last byte frees it.
            with contextlib.suppress(OSError):
                self._near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        for sock in (self._near, self._far):
            if sock.fileno() >= 0:
                self._owner.watch(sock, 0, self._move)
                sock.close()
        self._owner.forget(self)

    def _move(self) -> None:
        self._inwards.move()
        self._outwards.move()
        inwards, outwards = self._inwards, self._outwards
        # A server may answer early and close: it takes in no more of the request, but its answer
        # is still to be handed on. With `owned`, that is over when nobody is left to read it.
        over = inwards.is_over and outwards.is_over
        if self._owned:
            over = over or outwards.refused or inwards.finished
        if over:
            self.close()
        else:
            self._watch()

    def _watch(self) -> None:
        inwards, outwards = self._inwards, self._outwards
        self._owner.watch(self._near, _events(outwards.wants, inwards.buffer), self._move)
        self._owner.watch(self._far, _events(inwards.wants, outwards.buffer), self._move)


class Lane:
    """One direction of a link. What its target refuses to take is read on and dropped."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self._source = source
        self._target = target
        self.buffer = bytearray()
        self.ended = False  # the source has nothing more
        self.refused = False  # the target takes nothing more
        self.finished = False  # the source has ended, and the target knows as far as it can

    @property
    def wants(self) -> bool:
        """Whether more can be taken in."""
        return not self.ended and len(self.buffer) < BUFFER_BYTES

    @property
    def is_over(self) -> bool:
        """Whether nothing will come through any more."""
        return self.finished or self.refused

    def move(self) -> None:
        """Take in and hand on what can be, without waiting."""
        self._take_in()
        self._hand_on()
        if self.ended and not self.buffer and not self.finished:
            self.finished = True
            with contextlib.suppress(OSError):  # it is gone, and needs no good-bye
                self._target.shutdown(socket.SHUT_WR)

    def _take_in(self) -> None:
        if not self.wants:
            return
        try:
            data = self._source.recv(BUFFER_BYTES - len(self.buffer))
        except BlockingIOError:
            return
        except OSError:  # reset: what had come before was read first
            data = b""
        self.buffer += data
        self.ended = not data

    def _hand_on(self) -> None:
        try:
            while self.buffer and not self.refused:
                del self.buffer[: self._target.send(self.buffer)]
        except BlockingIOError:
            return
        except OSError:
            self.refused = True
        if self.refused:
            self.buffer.clear()


def _events(reads: bool, writes: object) -> int:
    return (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if writes else 0)

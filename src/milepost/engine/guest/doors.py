"""Doors: ports of a guest behind which a service of the lab stands, and entrances into a guest.

The service's socket file is no file of the guest: the check process opened it and handed it in, and
it is reached through that descriptor, which learner code has no way to. What goes through is the
business of both ends.
"""

import os
import socket

from milepost.engine.guest.forwarder import Answer, Forwarder
from milepost.engine.guest.loop import READ, Loop

_WAITING = 64


class Doors:
    """The open doors of one guest, and the forwarder of what goes through."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.forwarder = Forwarder(loop)
        self._open: dict[int, tuple[socket.socket, int]] = {}  # port -> listener, target
        self._entrances: list[socket.socket] = []

    def open(self, port: int, target: int) -> None:
        """Listen on a port, and lead whoever connects to the socket file open as `target`."""
        listener = socket.create_server(("127.0.0.1", port), backlog=_WAITING)
        listener.setblocking(False)
        self._open[port] = (listener, target)
        self._loop.watch(listener, READ, lambda: self._let_in(listener, target))

    @property
    def are_open(self) -> bool:
        """Whether learner code can reach anything outside, or be reached."""
        return bool(self._open or self._entrances)

    def close(self) -> None:
        """Close every door, and end whatever is on the way through."""
        for port in list(self._open):
            self.close_one(port)
        self.close_entrances()
        self.forwarder.close()

    def close_one(self, port: int) -> None:
        """Close the door at a port, if there is one."""
        if port in self._open:
            listener, target = self._open.pop(port)
            self._loop.forget(listener)
            listener.close()
            os.close(target)

    def dial(self, port: int, far: int, answer: Answer, *, patience_seconds: float) -> None:
        """Connect a socket, given by its number, to a port inside; see `Forwarder.dial`."""
        far_socket = socket.socket(fileno=far)
        self.forwarder.dial(port, far_socket, answer, patience_seconds=patience_seconds)

    def let_in_at(self, number: int, port: int) -> None:
        """Lead whoever connects to a listener outside, given by its number, to a port inside."""
        entrance = socket.socket(fileno=number)
        entrance.setblocking(False)
        self._entrances.append(entrance)
        self._loop.watch(entrance, READ, lambda: self._show_in(entrance, port))

    def close_entrances(self) -> None:
        """Listen outside no more."""
        while self._entrances:
            entrance = self._entrances.pop()
            self._loop.forget(entrance)
            entrance.close()

    def _show_in(self, entrance: socket.socket, port: int) -> None:
        try:
            far, _ = entrance.accept()
        except OSError:
            return  # it has gone again
        self.forwarder.dial(port, far, lambda _: None)

    def _let_in(self, listener: socket.socket, target: int) -> None:
        try:
            near, _ = listener.accept()
        except OSError:
            return  # it has gone again
        if self.forwarder.is_full():
            near.close()
            return
        far = socket.socket(socket.AF_UNIX)
        far.setblocking(False)
        try:
            far.connect(f"/proc/self/fd/{target}")
        except OSError:
            near.close()
            far.close()
            return
        self.forwarder.link(near, far)

"""Ports of a guest that lead to a service of the lab, and listeners outside that lead in.

The service's socket file is not in the guest: the check process has opened it and passed the
descriptor, which learner code cannot reach. Bytes pass through as they are.
"""

import os
import socket

from milepost.engine.agent.forwarder import Answer, Forwarder
from milepost.engine.agent.loop import READ, Loop

_WAITING = 64


class PortForwards:
    """The open port forwards of one guest, and the forwarder of what goes through."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.forwarder = Forwarder(loop)
        self._open: dict[int, tuple[socket.socket, int]] = {}  # port -> listener, target
        self._outer: list[socket.socket] = []

    def open(self, port: int, target: int) -> None:
        """Listen on a port, and lead each connection to the socket file open as `target`."""
        listener = socket.create_server(("127.0.0.1", port), backlog=_WAITING)
        listener.setblocking(False)
        self._open[port] = (listener, target)
        self._loop.watch(listener, READ, lambda: self._let_in(listener, target))

    @property
    def listeners(self) -> list[socket.socket]:
        """The sockets at which somebody inside or outside may wait to be let through."""
        return [*(listener for listener, _ in self._open.values()), *self._outer]

    def close(self) -> None:
        """Close every port forward, and end whatever is on the way through."""
        for port in list(self._open):
            self.close_one(port)
        self.close_listeners()
        self.forwarder.close()

    def close_one(self, port: int) -> None:
        """Close the port forward at a port, if there is one."""
        if port in self._open:
            listener, target = self._open.pop(port)
            self._loop.forget(listener)
            listener.close()
            os.close(target)

    def dial(self, port: int, far: int, answer: Answer, *, patience_seconds: float) -> None:
        """Connect a socket, given by its number, to a port inside; see `Forwarder.dial`."""
        far_socket = socket.socket(fileno=far)
        self.forwarder.dial(port, far_socket, answer, patience_seconds=patience_seconds)

    def listen_outside(self, number: int, port: int) -> None:
        """Lead each connection to a listener outside, given by its number, to a port inside."""
        outer = socket.socket(fileno=number)
        outer.setblocking(False)
        self._outer.append(outer)
        self._loop.watch(outer, READ, lambda: self._show_in(outer, port))

    def close_listeners(self) -> None:
        """Listen outside no more."""
        while self._outer:
            outer = self._outer.pop()
            self._loop.forget(outer)
            outer.close()

    def _show_in(self, outer: socket.socket, port: int) -> None:
        try:
            far, _ = outer.accept()
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

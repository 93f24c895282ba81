"""Doors: ports of a guest behind which a service of the lab stands, and entrances into a guest.

The service's socket file is no file of the guest: the check process opened it and handed it in, and
it is reached through that descriptor, which learner code has no way to. What goes through is the
business of both ends.
"""

import os
import selectors
import socket

from milepost.engine.guest.forwarder import Forwarder

_WAITING = 64


class Doors:
    """The open doors of one guest."""

    def __init__(self, selector: selectors.BaseSelector, forwarder: Forwarder) -> None:
        self._selector = selector
        self._forwarder = forwarder
        self._open: dict[int, tuple[socket.socket, int]] = {}  # port -> listener, target
        self._entrances: list[socket.socket] = []

    def open(self, port: int, target: int) -> None:
        """Listen on a port, and lead whoever connects to the socket file open as `target`."""
        listener = socket.create_server(("127.0.0.1", port), backlog=_WAITING)
        listener.setblocking(False)
        self._open[port] = (listener, target)
        self._selector.register(
            listener, selectors.EVENT_READ, lambda: self._let_in(listener, target)
        )

    def close(self) -> None:
        """Close every door. Who is on the way through is the forwarder's business."""
        for port in list(self._open):
            self.close_one(port)
        self.close_entrances()

    def close_one(self, port: int) -> None:
        """Close the door at a port, if there is one."""
        if port in self._open:
            listener, target = self._open.pop(port)
            self._selector.unregister(listener)
            listener.close()
            os.close(target)

    def let_in_at(self, entrance: socket.socket, port: int) -> None:
        """Lead whoever connects to a listener outside to a port inside."""
        entrance.setblocking(False)
        self._entrances.append(entrance)
        self._selector.register(
            entrance, selectors.EVENT_READ, lambda: self._show_in(entrance, port)
        )

    def close_entrances(self) -> None:
        """Listen outside no more."""
        while self._entrances:
            entrance = self._entrances.pop()
            self._selector.unregister(entrance)
            entrance.close()

    def _show_in(self, entrance: socket.socket, port: int) -> None:
        try:
            far, _ = entrance.accept()
        except OSError:
            return  # it has gone again
        self._forwarder.dial(port, far, lambda _: None)

    def _let_in(self, listener: socket.socket, target: int) -> None:
        try:
            near, _ = listener.accept()
        except OSError:
            return  # it has gone again
        if self._forwarder.is_full():
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
        self._forwarder.link(near, far)

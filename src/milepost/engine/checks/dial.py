"""A connection that a guest's launcher is asked to make to a port inside it.

The launcher connects a socket that it was sent, and reports how that went; who asked looks here.
"""

import socket
from collections.abc import Mapping


class Dial:
    """A connection into the guest that was asked for."""

    def __init__(self, sock: socket.socket, number: int, answers: Mapping[int, str | None]) -> None:
        self.socket = sock
        self._number = number
        self._answers = answers

    @property
    def is_answered(self) -> bool:
        """Whether the launcher has replied, be it that nothing listens at the port."""
        return self._number in self._answers

    @property
    def is_connected(self) -> bool:
        """Whether the socket leads to a listener."""
        return self.is_answered and self._answers[self._number] is None

"""Receives descriptors that no program inherits unless it is given them.

`socket.recv_fds` takes flags and drops them (seen in CPython 3.11), so whatever comes through it is
open in every program that is started afterwards.
"""

from __future__ import annotations

import sys

from milepost.engine.agent.native import socket as constants

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    import socket

_INT_BYTES = 4


def receive_with_descriptors(sock: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """Receive bytes, and at most so many descriptors that came along."""
    numbers: list[int] = []
    space = constants.CMSG_LEN(most * _INT_BYTES)
    data, ancillary, _, _ = sock.recvmsg(size, space, constants.MSG_CMSG_CLOEXEC)
    for level, kind, raw in ancillary:
        if (level, kind) == (constants.SOL_SOCKET, constants.SCM_RIGHTS):
            whole = memoryview(raw)[: len(raw) - len(raw) % _INT_BYTES]
            numbers += whole.cast("i").tolist()
    return data, numbers


def send_with_descriptors(sock: socket.socket, data: bytes, fds: list[int]) -> int:
    """Send bytes and descriptors, as `socket.send_fds` does; return how many bytes have gone."""
    rights = b"".join(fd.to_bytes(_INT_BYTES, sys.byteorder) for fd in fds)
    return sock.sendmsg([data], [(constants.SOL_SOCKET, constants.SCM_RIGHTS, rights)])

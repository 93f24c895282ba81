"""Receives descriptors that no program inherits unless it is given them.

`socket.recv_fds` takes flags and drops them (seen in CPython 3.11), so whatever comes through it is
open in every program that is started afterwards.
"""

import array
import socket


def receive_with_descriptors(sock: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """Receive bytes, and at most so many descriptors that came along."""
    numbers = array.array("i")
    room = socket.CMSG_LEN(most * numbers.itemsize)
    data, ancillary, _, _ = sock.recvmsg(size, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, raw in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            numbers.frombytes(raw[: len(raw) - len(raw) % numbers.itemsize])
    return data, numbers.tolist()

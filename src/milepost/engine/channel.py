"""The engine's end of a socket to another process, for the event loop.

Descriptors are only ever sent, to check processes; nothing that arrives may carry any.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, TypeVar

from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.codec import Codec, encode
from milepost.engine.protocol.frames import Decoder

Message = TypeVar("Message")
_FIRST_BYTES = 4096  # a socket with room for them has room for the descriptors


class Channel:
    """Messages to and from one process."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._decoder = Decoder(parse_object)

    async def send(self, message: Any, fds: Sequence[int] = ()) -> None:
        """Send one message, and descriptors, of which the other end gets copies."""
        data = encode(message)
        sent = socket.send_fds(self._socket, [data[:_FIRST_BYTES]], fds) if fds else 0
        if sent < len(data):  # to send nothing would fail if the other end has read all and gone
            await asyncio.get_running_loop().sock_sendall(self._socket, data[sent:])

    async def receive(self, expected: Codec[Message]) -> Message | None:
        """Wait for the next message; None when the other end has closed.

        Raises MalformedMessage where something else comes.
        """
        loop = asyncio.get_running_loop()
        while (frame := self._decoder.next_frame()) is None:
            try:
                data = await loop.sock_recv(self._socket, 1 << 18)
            except ConnectionError:
                return None
            if not data:
                return None
            self._decoder.feed(data)
        return expected.decode(frame)

    def fileno(self) -> int:
        """Return the descriptor, to hand it on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

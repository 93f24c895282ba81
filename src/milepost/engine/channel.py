"""The engine's end of a socket to another process, for the event loop.

Descriptors are only ever sent, to check processes; nothing that arrives may carry any.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from milepost.engine.guest.bounded_json import parse_object
from milepost.engine.guest.wire import Decoder, Frame, encode

_FIRST_BYTES = 4096  # a socket with room for them has room for the descriptors


class Channel:
    """Frames to and from one process."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._decoder = Decoder(parse_object)

    async def send(self, body: dict[str, Any], payload: bytes = b"") -> None:
        """Send one frame."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._socket, encode(body, payload))

    async def send_with(self, body: Mapping[str, Any], fds: Sequence[int]) -> None:
        """Send one frame with descriptors, if any; the other end gets copies of them."""
        data = encode(body)
        sent = socket.send_fds(self._socket, [data[:_FIRST_BYTES]], fds) if fds else 0
        if sent < len(data):  # to send nothing would fail if the other end has read all and gone
            await asyncio.get_running_loop().sock_sendall(self._socket, data[sent:])

    async def receive(self) -> Frame | None:
        """Wait for the next frame; None when the other end has closed."""
        loop = asyncio.get_running_loop()
        while (frame := self._decoder.next_frame()) is None:
            try:
                data = await loop.sock_recv(self._socket, 1 << 18)
            except ConnectionError:
                return None
            if not data:
                return None
            self._decoder.feed(data)
        return frame

    def fileno(self) -> int:
        """Answer the descriptor, to hand it on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

"""One connection to the learner's service: bytes through the guest's launcher, HTTP/1.1 over it.

No TCP is spoken on this side. While it waits it moves what the service prints, so that a full pipe
never stops it. Every exchange has one deadline for all of it.
"""

import select
import selectors
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

import h11
import httpcore
import httpx

_HEAD_BYTES = 200
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47  # what zlib calls "find out yourself"
_PIECE_BYTES = 64 * 1024


class DeadlinePassed(Exception):
    """The time for the exchange is up."""


class Pump(Protocol):
    """Whoever keeps things moving while a connection waits."""

    def watch(self, channel: socket.socket, events: int = ...) -> None:
        """Also wake `pump` for this socket."""

    def unwatch(self, channel: socket.socket) -> None:
        """No longer wake `pump` for this socket."""

    def pump(self, until: Callable[[], bool], deadline: float) -> bool:
        """Wait until something holds; False if the deadline came first."""


class Stream(httpcore.NetworkStream):
    """A connected socket, as httpcore wants it."""

    def __init__(self, sock: socket.socket, running: Pump, deadline: float) -> None:
        self._socket = sock
        self._running = running
        self._deadline = deadline
        self._is_sent_ahead = False
        self.received_bytes = 0
        self.head = b""  # the first bytes that came, to be shown if they are not HTTP

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Wait for the next bytes; none when the service has closed."""
        data: list[bytes] = []

        def receive() -> bool:
            with suppress(BlockingIOError):
                try:
                    data.append(self._socket.recv(max_bytes))
                except ConnectionError:
                    data.append(b"")
            return bool(data)

        self._await(receive, selectors.EVENT_READ)
        self.received_bytes += len(data[0])
        self.head += data[0][: max(_HEAD_BYTES - len(self.head), 0)]
        return data[0]

    def send_ahead(self, request: bytes) -> None:
        """Send a whole request now; whoever writes the same one later only reads the answer."""
        with suppress(httpcore.WriteError):  # the answer, or its absence, tells more
            self.write(request)
        self._is_sent_ahead = True

    def has_news(self) -> bool:
        """Tell whether there is something to read, be it the end; reads nothing."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def wait_until(self, deadline: float) -> None:
        """Wait longer, or less long, than was said at first."""
        self._deadline = deadline

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send everything."""
        if self._is_sent_ahead:
            return
        left = memoryview(buffer)

        def send() -> bool:
            nonlocal left
            with suppress(BlockingIOError):
                left = left[self._socket.send(left) :]
            return not left

        try:
            self._await(send, selectors.EVENT_WRITE)
        except ConnectionError as error:  # it may have answered before it closed
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Refuse: services speak plain HTTP here."""
        raise NotImplementedError

    def get_extra_info(self, info: str) -> Any:
        """Say nothing more about the connection."""
        del info

    def _await(self, is_done: Callable[[], bool], events: int) -> None:
        if is_done():
            return
        self._running.watch(self._socket, events)
        try:
            if not self._running.pump(is_done, self._deadline):
                raise DeadlinePassed
        finally:
            self._running.unwatch(self._socket)


class Body(httpx.SyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, connection: httpcore.HTTP11Connection, answer: httpcore.Response) -> None:
        self._connection = connection
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        """Read on."""
        yield from self._answer.iter_stream()

    def close(self) -> None:
        """End the exchange and hang up."""
        self._answer.close()
        self._connection.close()


def write_request(request: httpx.Request, body: bytes) -> bytes:
    """Write a request as it goes over the wire, the way that httpcore would."""
    writer = h11.Connection(h11.CLIENT)
    events = (
        h11.Request(
            method=request.method, target=request.url.raw_path, headers=request.headers.raw
        ),
        *([h11.Data(data=body)] if body else []),
        h11.EndOfMessage(),
    )
    return b"".join(writer.send(event) or b"" for event in events)


def read_body(response: httpx.Response) -> Iterator[bytes]:
    """Read an answer's body piece by piece, unpacked where it is packed, never much at once.

    A few kilobytes that are packed twice could unpack to terabytes, so once is the most.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if "," in coding:
        raise httpx.DecodingError(f"it is packed more than once ({coding[:80]})")
    if coding not in _PACKED:
        yield from response.iter_raw()
        return
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for piece in response.iter_raw():
            rest = piece
            while rest:
                yield unpacker.decompress(rest, _PIECE_BYTES)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from error


class Transport(httpx.BaseTransport):
    """Gives every request a connection of its own."""

    def __init__(self, connect: Callable[[], Stream]) -> None:
        self._connect = connect

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the answer's head."""
        url = request.url
        origin = httpcore.Origin(b"http", url.raw_host, url.port or 80)
        connection = httpcore.HTTP11Connection(origin, self._connect())
        try:
            answer = connection.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=b"http", host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                )
            )
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=Body(connection, answer),
            extensions=answer.extensions,
        )

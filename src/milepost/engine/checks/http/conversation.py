"""HTTP/1.1 over one connection, from the client's side: one request, and the answer to it.

h11 reads the bytes; what an answer means is decided elsewhere. No answer can keep it going for
longer than its stream may, nor make it raise anything but AnswerBroken and what the stream raises.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import h11
import httpx

from milepost.engine.checks.http.connection import Stream

_MOST_HEAD_BYTES = 100 * 1024
_PIECE_BYTES = 64 * 1024
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # what zlib is told of each coding
_RAW_DEFLATE = -15


class AnswerBroken(Exception):
    """What came is no whole HTTP response; the message says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers of an answer."""

    status_code: int
    reason: str
    headers: list[tuple[bytes, bytes]]


class Conversation:
    """One request and its answer. Making it writes the request; h11 raises where it can't be."""

    def __init__(self, request: httpx.Request) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD_BYTES)
        body = request.content
        events = (
            h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            ),
            *([h11.Data(data=body)] if body else []),
            h11.EndOfMessage(),
        )
        self.request = b"".join(self._http.send(event) or b"" for event in events)

    def receive_head(self, stream: Stream) -> Head:
        """Wait for the answer's status and headers; interim answers (1xx) are passed over."""
        while True:
            event = self._next(stream)
            switches = isinstance(event, h11.InformationalResponse) and (
                event.status_code == HTTPStatus.SWITCHING_PROTOCOLS
            )
            if isinstance(event, h11.Response) or switches:
                assert isinstance(event, h11.Response | h11.InformationalResponse)  # noqa: S101
                return Head(
                    event.status_code,
                    event.reason.decode("ascii", "ignore"),
                    event.headers.raw_items(),
                )

    def receive_body(self, stream: Stream, coding: str) -> Iterator[bytes]:
        """Read the body piece by piece, unpacked where it is packed, never much at once.

        A few kilobytes that are packed twice could unpack to terabytes, so once is the most.
        """
        coding = coding.strip().lower()
        if "," in coding:
            raise AnswerBroken(f"it is packed more than once ({coding[:80]})")
        pieces = self._receive_pieces(stream)
        return _unpack(pieces, coding) if coding in _WINDOWS else pieces

    def _receive_pieces(self, stream: Stream) -> Iterator[bytes]:
        while isinstance(event := self._next(stream), h11.Data):
            yield bytes(event.data)

    def _next(self, stream: Stream) -> object:
        """Read on until h11 knows of something; every read and every event has the deadline."""
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(stream.read())
        except h11.ProtocolError as error:
            raise AnswerBroken(str(error)) from error
        stream.require_time()
        return event


def _unpack(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    unpacker = _Unpacker(coding)
    for piece in pieces:
        yield from unpacker.feed(piece)
    unpacker.require_end()


class _Unpacker:
    """Unpacks one body, never much at once."""

    def __init__(self, coding: str) -> None:
        self._may_lack_header = coding == "deflate"
        self._zlib = zlib.decompressobj(_WINDOWS[coding])
        self._has_begun = False
        self._first = b""  # what was fed before anything came out

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack the next bytes. Raises AnswerBroken."""
        while piece and not self._zlib.eof:
            self._has_begun = True
            unpacked = self._unpack(piece)
            piece = self._zlib.unconsumed_tail
            yield unpacked
        if piece or self._zlib.unused_data:
            raise AnswerBroken("more follows after the end of its packed body")

    def require_end(self) -> None:
        """Raise AnswerBroken if there should be more."""
        if self._has_begun and not self._zlib.eof:
            raise AnswerBroken("its packed body ends too early")

    def _unpack(self, piece: bytes) -> bytes:
        if self._may_lack_header:
            self._first += piece
        try:
            unpacked = self._zlib.decompress(piece, _PIECE_BYTES)
        except zlib.error as error:
            if not self._may_lack_header:
                raise AnswerBroken(f"its body can't be unpacked ({error})") from error
            # Many servers send deflate without the zlib header that RFC 9110 §8.4.1.2 asks for.
            self._may_lack_header, self._zlib = False, zlib.decompressobj(_RAW_DEFLATE)
            return self._unpack(self._first)
        self._may_lack_header = self._may_lack_header and not unpacked
        return unpacked

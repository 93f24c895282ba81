"""The frames that host, guest and check process exchange: a JSON object, and bytes where needed.

A frame is two big-endian lengths, then the JSON, then the payload. Reading is sans-IO: whoever
owns a socket feeds a `Decoder`. Sizes and nesting are bounded before anything is parsed, because
the other end may belong to a learner.
"""

import json
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

_LENGTHS = struct.Struct("!II")
_STRING = re.compile(rb'"[^"]*"')
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))

MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
_INFINITY = float("inf")


class MalformedFrame(ValueError):
    """The other end sent something that is not a frame, or one beyond the bounds."""


# Plain classes, because importing `dataclasses` would cost every guest 6 of its 20 ms.
class Frame:
    """One message."""

    __slots__ = ("body", "payload")

    def __init__(self, body: dict[str, Any], payload: bytes = b"") -> None:
        self.body = body
        self.payload = payload


class Decoder:
    """Collect bytes as they arrive and cut them into frames."""

    def __init__(
        self,
        *,
        max_json_bytes: int = MAX_JSON_BYTES,
        max_payload_bytes: int = MAX_PAYLOAD_BYTES,
        parse: Callable[[bytes], dict[str, Any]] | None = None,
    ) -> None:
        self._parse = parse or parse_object
        self._max_json_bytes = max_json_bytes
        self._max_payload_bytes = max_payload_bytes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the stream."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """Cut off the next whole frame, or answer None until more bytes have come."""
        if len(self._buffer) < _LENGTHS.size:
            return None
        json_length, payload_length = _LENGTHS.unpack_from(self._buffer)
        if json_length > self._max_json_bytes or payload_length > self._max_payload_bytes:
            raise MalformedFrame(f"a frame of {json_length} + {payload_length} bytes is too large")
        json_end = _LENGTHS.size + json_length
        frame_end = json_end + payload_length
        if len(self._buffer) < frame_end:
            return None
        body = self._parse(bytes(self._buffer[_LENGTHS.size : json_end]))
        payload = bytes(self._buffer[json_end:frame_end])
        del self._buffer[:frame_end]
        return Frame(body, payload)


def encode(body: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Write one frame."""
    return pack(_write_json(body).encode(), payload)


def pack(raw: bytes, payload: bytes = b"") -> bytes:
    """Write one frame of JSON that is written already."""
    return _LENGTHS.pack(len(raw), len(payload)) + raw + payload


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object that may come from a learner, or raise MalformedFrame."""
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise MalformedFrame("a frame must be a JSON object")
    return value


def parse_json(raw: bytes) -> Any:
    """Parse any JSON that may come from a learner: bounded nesting, finite numbers only.

    Raises ValueError; what it returns can be written as JSON again.
    """
    require_bounded(raw, max_depth=MAX_DEPTH)
    try:
        return _read_json(raw.decode())
    except MalformedFrame:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedFrame(str(error)) from error


def require_bounded(raw: bytes, *, max_depth: int, max_values: int | None = None) -> None:
    """Refuse JSON that is nested too deeply, or of too many values, before it is parsed."""
    opened = raw.count(b"[") + raw.count(b"{")
    is_long = max_values is not None and opened + raw.count(b",") > max_values
    if opened <= max_depth and not is_long:
        return
    outside = _STRING.sub(b"", raw.replace(rb"\\", b"").replace(rb"\"", b""))
    brackets = outside.translate(_BRACKETS, _OTHERS)
    if max_values is not None and brackets.count(b"[") + outside.count(b",") > max_values:
        raise MalformedFrame(f"JSON of more than {max_values} values")
    for _ in range(max_depth):  # each round takes the innermost level away
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise MalformedFrame(f"JSON is nested deeper than {max_depth} levels")


def refuse_constant(name: str) -> Any:
    """Refuse NaN and its like, which Python's reader takes for numbers."""
    raise MalformedFrame(f"{name} is not JSON")


def read_number(text: str) -> float:
    """Read a number that has a value: 1e999 would become Infinity, which no frame can carry on."""
    value = float(text)
    if value in {_INFINITY, -_INFINITY}:
        raise MalformedFrame(f"the number {text[:20]} is too large")
    return value


# Made once: `json.loads` and `json.dumps` make a new one for each call that has options.
_read_json = json.JSONDecoder(parse_constant=refuse_constant, parse_float=read_number).decode
_write_json = json.JSONEncoder(separators=(",", ":")).encode

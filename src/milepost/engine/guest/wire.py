"""The frames that host, guest and check process exchange: a JSON object, and bytes where needed.

A frame is two big-endian lengths, then the JSON, then the payload. Reading is sans-IO: whoever
owns a socket feeds a `Decoder`. Sizes and nesting are bounded before anything is parsed, because
the other end may belong to a learner.
"""

import json
import re
import struct
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct("!II")
_BRACKETS_OUTSIDE_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)

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
    ) -> None:
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
        body = parse_object(bytes(self._buffer[_LENGTHS.size : json_end]))
        payload = bytes(self._buffer[json_end:frame_end])
        del self._buffer[:frame_end]
        return Frame(body, payload)


def encode(body: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Write one frame."""
    raw = _write_json(body).encode()
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
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise MalformedFrame(f"JSON is nested deeper than {MAX_DEPTH} levels")
    try:
        return _read_json(raw.decode())
    except MalformedFrame:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedFrame(str(error)) from error


def _depth(raw: bytes) -> int:
    deepest = level = 0
    for match in _BRACKETS_OUTSIDE_STRINGS.finditer(raw):
        if match[1]:
            level += 1
            deepest = max(deepest, level)
        elif match[2]:
            level -= 1
    return deepest


def _refuse_constant(name: str) -> Any:
    raise MalformedFrame(f"{name} is not JSON")


def _read_number(text: str) -> float:
    # 1e999 is JSON, but would become Infinity, which is not and which no frame could carry on.
    value = float(text)
    if value in {_INFINITY, -_INFINITY}:
        raise MalformedFrame(f"the number {text[:20]} is too large")
    return value


# Made once: `json.loads` and `json.dumps` make a new one for each call that has options.
_read_json = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_number).decode
_write_json = json.JSONEncoder(separators=(",", ":")).encode

"""The frames that host, guest and check process exchange: a JSON object, and bytes where needed.

A frame is two big-endian lengths, then the JSON, then the payload. Reading is sans-IO: the owner of
a socket feeds a `Decoder`, and names what parses the JSON: `bounded_json` where the other end
may belong to a learner. Sizes are bounded here, before anything is parsed.
"""

from __future__ import annotations

from milepost.engine.protocol import plain_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_LENGTHS_BYTES = 8
MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
KIND = "kind"  # the member of a message that names its class


class MalformedMessage(ValueError):
    """The other end sent something that is no message, or none that is expected of it."""


class MalformedFrame(MalformedMessage):
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
        parse: Callable[[bytes], dict[str, Any]],
        *,
        max_json_bytes: int = MAX_JSON_BYTES,
        max_payload_bytes: int = MAX_PAYLOAD_BYTES,
    ) -> None:
        self._parse = parse
        self._max_json_bytes = max_json_bytes
        self._max_payload_bytes = max_payload_bytes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the stream."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """Cut off the next whole frame, or return None until more bytes have come."""
        if len(self._buffer) < _LENGTHS_BYTES:
            return None
        json_length = int.from_bytes(self._buffer[:4], "big")
        payload_length = int.from_bytes(self._buffer[4:_LENGTHS_BYTES], "big")
        if json_length > self._max_json_bytes or payload_length > self._max_payload_bytes:
            raise MalformedFrame(f"a frame of {json_length} + {payload_length} bytes is too large")
        json_end = _LENGTHS_BYTES + json_length
        frame_end = json_end + payload_length
        if len(self._buffer) < frame_end:
            return None
        body = self._parse(bytes(self._buffer[_LENGTHS_BYTES:json_end]))
        payload = bytes(self._buffer[json_end:frame_end])
        del self._buffer[:frame_end]
        return Frame(body, payload)


def encode(body: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Write one frame."""
    return pack(plain_json.write(body).encode(), payload)


def encode_message(message: Any, as_json: Callable[[Any], Any] | None = None) -> bytes:
    """Write a message as one frame: its slots as JSON, and bytes among them as payload.

    `as_json` is for messages with values that are no JSON by themselves.
    """
    body, payload = {KIND: type(message).__name__}, b""
    for name in type(message).__slots__:
        value = getattr(message, name)
        if isinstance(value, bytes):
            payload = value
        else:
            body[name] = value if as_json is None else as_json(value)
    return encode(body, payload)


def pack(raw: bytes, payload: bytes = b"") -> bytes:
    """Write one frame of JSON that is written already."""
    lengths = len(raw) << 32 | len(payload)
    return lengths.to_bytes(_LENGTHS_BYTES, "big") + raw + payload

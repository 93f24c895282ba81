"""Compressed answers: Zstandard or gzip, as `Accept-Encoding` allows (RFC 9110 §12.5.3).

Invariant: two kinds are never compressed. Event streams, because events would wait in the
compressor. And what is `no-store`, because it holds a secret: how well a secret can be compressed
beside a text that somebody else chose tells about it (BREACH). No page holds one.
"""

import gzip
from functools import lru_cache

import zstandard
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 1000  # below, a packet is sent all the same
_CODINGS = ("zstd", "gzip")  # best first
_TEXT = ("text/", "application/json", "application/problem+json", "image/svg+xml")
_GZIP_LEVEL, _ZSTD_LEVEL = 5, 3


class Compression:
    """Compresses every answer that is sent in one part and gains by it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        coding = choose_coding(Headers(scope=scope).get("accept-encoding", ""))
        await self.app(scope, receive, _Answer(send, coding).send)


class _Answer:
    """An answer on its way out, held back until its first part shows whether it is whole."""

    def __init__(self, send: Send, coding: str) -> None:
        self._send = send
        self._coding = coding
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_coded(
            MutableHeaders(scope=message)
        ):
            self._held = message
            return
        if self._held is not None:
            start, self._held = self._held, None
            if not message.get("more_body") and len(message.get("body", b"")) >= LEAST_BYTES:
                self._code(MutableHeaders(scope=start), message)
            await self._send(start)
        await self._send(message)

    def _code(self, headers: MutableHeaders, message: Message) -> None:
        headers.add_vary_header("Accept-Encoding")
        if self._coding:
            message["body"] = compress(message["body"], self._coding)
            headers["Content-Encoding"] = self._coding
            headers["Content-Length"] = str(len(message["body"]))


def is_text(media_type: str) -> bool:
    """Whether compressing content of this type gains anything, and delays nothing."""
    return media_type.startswith(_TEXT) and not media_type.startswith("text/event-stream")


@lru_cache(maxsize=256)
def choose_coding(accepted: str) -> str:
    """Return the coding that an `Accept-Encoding` prefers of those there are, or an empty text."""
    weights = dict(map(_read_weighted, accepted.lower().split(",")))
    wanted = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in _CODINGS}
    best = max(_CODINGS, key=wanted.__getitem__)
    return best if wanted[best] > 0 and wanted[best] >= weights.get("identity", 0.0) else ""


def compress(content: bytes, coding: str) -> bytes:
    """Return the content in this coding; in none, as it is."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(content)
    return gzip.compress(content, _GZIP_LEVEL, mtime=0) if coding == "gzip" else content


def _read_weighted(part: str) -> tuple[str, float]:
    name, _, parameters = part.partition(";")
    key, _, value = parameters.replace(" ", "").partition("=")
    try:
        weight = float(value) if key == "q" else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().removeprefix("x-"), weight


def _may_be_coded(headers: Headers) -> bool:
    """Whether an answer is text that holds no secret, and no coding was chosen for it yet.

    A strong entity tag names the very bytes that are sent, so they stay as they are.
    """
    return (
        is_text(headers.get("content-type", ""))
        and "content-encoding" not in headers
        and "vary" not in headers
        and "no-store" not in headers.get("cache-control", "")
        and not headers.get("etag", "").startswith('"')
    )

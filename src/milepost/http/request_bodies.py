"""What is read of a request's body: no more than is accepted, no slower, and nothing compressed.

What a body must hold is each endpoint's business. Plain ASGI. Invariant: a body is judged while it
arrives, so that no client makes this side hold or wait for more than the limits here.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milepost.http.errors import ContentCodingNotTaken, RequestTooLarge, RequestTooSlow
from milepost.http.middleware import SAFE_METHODS
from milepost.http.problems import refuse

LARGEST_BODY_BYTES = 3 * 1024 * 1024
SLOWEST_BODY_SECONDS = 60.0  # the largest body at 50 kB a second


class BodyLimits:
    """Refuses bodies that are compressed, too large or too slow, without reading them whole."""

    def __init__(self, app: ASGIApp, *, seconds: float = SLOWEST_BODY_SECONDS) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > LARGEST_BODY_BYTES:
            await refuse(RequestTooLarge(LARGEST_BODY_BYTES), scope, receive, send)
        elif scope["method"] not in SAFE_METHODS and _is_coded(headers):
            await refuse(ContentCodingNotTaken(), scope, receive, send)
        else:
            await self.app(scope, _Body(receive, self._seconds).receive, send)


class _Body:
    """A body as it arrives. What comes after it, such as a client's leaving, is waited for."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._ends_at = asyncio.get_running_loop().time() + seconds
        self._received = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """Return the next part, or raise `RequestTooSlow` or `RequestTooLarge`."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            raise RequestTooSlow(self._seconds) from None
        self._is_whole = not message.get("more_body", False)
        self._received += len(message.get("body", b""))
        if self._received > LARGEST_BODY_BYTES:
            raise RequestTooLarge(LARGEST_BODY_BYTES)
        return message


def _is_coded(headers: Headers) -> bool:
    return headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")

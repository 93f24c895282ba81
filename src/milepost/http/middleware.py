"""What happens around every request: headers, HEAD, other sites' requests, odd addresses.

What is read of bodies is decided in `request_bodies`. Plain ASGI, so that streamed responses stay
streamed.
"""

import asyncio
import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milepost.http.errors import AddressNotFound, CrossOriginRefused
from milepost.http.problems import refuse

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ON_ALL = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Gives every response its headers, and every request the nonce of its styles.

    The policy allows nothing from elsewhere and no inline script. `request.state.csp_nonce`
    lets the editor add its own style element. Where people come over https, browsers are told to
    come no other way for a year (RFC 6797); other names of the domain are left alone.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._on_all = (*_ON_ALL, _HSTS) if is_https else _ON_ALL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(b"content-security-policy", _content_security_policy(nonce))]
                own += self._on_all
                if not any(name == b"cache-control" for name, _ in message["headers"]):
                    own.append((b"cache-control", b"private, no-cache"))
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HeadAsGet:
    """Answers HEAD as GET would be answered, without the body (RFC 9110 §9.3.2).

    What streams is told that its reader has gone as soon as the headers are sent. `state` keeps the
    method that was asked with, for the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        is_answered, is_read = asyncio.Event(), False

        async def receive_once() -> Message:
            nonlocal is_read
            if not is_read:
                is_read = True
                return await receive()
            await is_answered.wait()
            return {"type": "http.disconnect"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                is_answered.set()

        state = {**scope.get("state", {}), "asked_method": "HEAD"}
        await self.app({**scope, "method": "GET", "state": state}, receive_once, send_head)


class CrossOriginProtection:
    """Refuses requests by which another site's page would change something here (CSRF).

    By `Sec-Fetch-Site` where the browser sends it, else by comparing `Origin` with `Host`
    (OWASP's cross-site request forgery cheat sheet). A bearer token can't be sent by
    another site, and clients that are no browsers send neither header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_cross_origin_write(scope):
            await refuse(CrossOriginRefused(), scope, receive, send)
            return
        await self.app(scope, receive, send)


class PlainAddresses:
    """Answers an address that holds control characters as one that does not exist.

    PostgreSQL stores no NUL, so such a name can't be looked up, and nothing here has one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and CONTROL.search(scope["path"]):
            await refuse(AddressNotFound(), scope, receive, send)
            return
        await self.app(scope, receive, send)


def _content_security_policy(nonce: str) -> bytes:
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ).encode()


def _is_cross_origin_write(scope: Scope) -> bool:
    if scope["method"] in SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")

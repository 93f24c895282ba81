"""One HTTP exchange as a check and a learner see it: the answer, its evidence, a curl line.

How bytes get to the service is `connection`; starting and watching it is `service`.
"""

import codecs
import shlex
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx

from milepost.engine.checks.evidence import clean, to_text
from milepost.engine.checks.faults import AnswerNotJson, HeaderMissing
from milepost.engine.evidence.http import HttpRequest, HttpResponse
from milepost.engine.protocol.bounded_json import parse_json

_SHOWN = 400
_LONGEST_BODY_IN_CURL = 2000
# What Python can decode, and no answer is written in: parts of host names, and source code.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw-unicode-escape"}
_SAID_BY_CURL_ITSELF = {"host", "accept", "user-agent", "accept-encoding", "connection"}


class StatusCode(int):
    """The status of an answer. One that redirects reads with where to, also within a sentence."""

    location: str | None = None

    @classmethod
    def of(cls, code: int, headers: httpx.Headers) -> "StatusCode":
        """Make the status of an answer with these headers."""
        status = cls(code)
        if HTTPStatus.MULTIPLE_CHOICES <= code < HTTPStatus.BAD_REQUEST:
            status.location = headers.get("location")
        return status

    def describe(self) -> str:
        """Return the status as a learner would read it."""
        if self.location is None:
            return int.__repr__(self)
        return f"{int(self)}, a redirect to {clean(self.location)[:_SHOWN]}"

    def __str__(self) -> str:
        return self.describe()

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec) if spec else self.describe()


class SentHeaders(httpx.Headers):
    """Headers that learner code sent; to look up one that is missing fails the check in words."""

    def __init__(self, headers: list[tuple[bytes, bytes]], whose: str) -> None:
        super().__init__(headers)
        self._whose = whose  # such as "Your service's answer to `GET /books`"

    def __getitem__(self, key: str) -> str:
        """Return a header's value, by its name in any case."""
        try:
            return super().__getitem__(key)
        except KeyError:
            raise HeaderMissing(
                f"{self._whose} has no header `{key}`, and the check looks into it. Send it too."
            ) from None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered. `elapsed` runs from the first byte sent to the last received."""

    title: str  # such as `GET /books`
    status_code: StatusCode
    reason: str
    headers: SentHeaders
    content: bytes
    elapsed: timedelta

    @property
    def text(self) -> str:
        """The body as text, in the character set that the answer names, else as UTF-8."""
        return self.content.decode(_find_charset(self.headers), errors="replace")

    def json(self) -> Any:
        """Read the body as JSON; what is not JSON fails the check with a sentence."""
        try:
            return parse_json(self.content)
        except ValueError as error:
            kind = self.headers.get("content-type", "no content type")
            shown = clean(self.text)[:_SHOWN] or "(nothing)"
            raise AnswerNotJson(
                f"`{self.title}` should be answered with JSON. It was answered with"
                f" {self.status_code}, and its body is not JSON: {error}.",
                detail=f"The body ({clean(kind)}):\n{shown}",
            ) from None


def _find_charset(headers: httpx.Headers) -> str:
    """Find a character set that Python can decode; UTF-8 where none is named, or no such one."""
    try:
        named = httpx.Response(200, headers=headers).charset_encoding or "utf-8"
        found = codecs.lookup(named).name
        b"a".decode(found)
    except (LookupError, ValueError):  # no such one, one that decodes no text, or no name at all
        return "utf-8"
    return "utf-8" if found in _NO_CHARSETS else found


def describe_request(request: httpx.Request, body: bytes) -> HttpRequest:
    """Write a request down as evidence."""
    return HttpRequest(
        method=request.method,
        url=str(request.url),
        headers=describe_headers(request.headers),
        body=to_text(body),
    )


def describe_answer(answer: Answer) -> HttpResponse:
    """Write an answer down as evidence."""
    return HttpResponse(
        status=int(answer.status_code),
        reason=answer.reason,
        headers=describe_headers(answer.headers),
        body=to_text(answer.content),
    )


def describe_headers(headers: httpx.Headers) -> dict[str, str]:
    """Join headers that came several times, each on a line of its own."""
    joined: dict[str, str] = {}
    for name, value in headers.multi_items():
        joined[name] = f"{joined[name]}\n{value}" if name in joined else value
    return joined


def write_curl(request: httpx.Request, body: bytes) -> str:
    """Write the line that repeats a request against a service on the learner's own machine."""
    words = ["curl", "-i"]
    if request.method == "HEAD":
        words = ["curl", "-I"]
    elif request.method != ("POST" if body else "GET"):
        words += ["-X", request.method]
    words.append(str(request.url))
    ignored = _SAID_BY_CURL_ITSELF | {"content-length", "transfer-encoding"}
    for name, value in request.headers.multi_items():
        if name not in ignored:
            words += ["-H", f"{name}: {value}"]
    if body:
        words += ["--data-binary", _write_body(body)]
    return clean(shlex.join(words))


def _write_body(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "@body.bin"
    is_short = len(text) <= _LONGEST_BODY_IN_CURL and "\0" not in text
    return text if is_short and not text.startswith("@") else "@body.txt"

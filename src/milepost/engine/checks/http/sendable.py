"""Builds the requests of checks. What can't be written as HTTP fails the check, in words.

Checks send back what a service gave them, such as an id or an ETag, and a service may give
anything. So every error of building a request becomes a NotSendable that names the value, where it
was to go and, where it can be found, which answer it came from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import httpx

from milepost.engine.checks.evidence import clean, show_value
from milepost.engine.checks.faults import NotSendable
from milepost.engine.checks.http.conversation import Conversation
from milepost.engine.checks.http.exchange import Answer
from milepost.engine.protocol.bounded_json import parse_json

_KEYWORDS = frozenset({"params", "headers", "cookies", "json", "content", "data", "files"})
_SHOWN_CHARACTERS = 60
_MOST_TRIES = 50  # texts that are tried, of those that are found in what can't be sent
_RULES = {
    "headers": "A header's value is text of printable ASCII characters",
    "path": (
        "An address is text without line breaks, other control characters or halves of characters"
        " (lone surrogates), of 65,536 characters at most"
    ),
    "params": (
        "A query parameter is text without halves of characters (lone surrogates), in an address of"
        " 65,536 characters at most"
    ),
    "json": "JSON holds text without halves of characters (lone surrogates), and finite numbers",
}
_OTHER_RULE = "A request can't hold that"


@dataclass(frozen=True, slots=True)
class Sendable:
    """A request and the conversation in which it is already written down."""

    request: httpx.Request
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class _Piece:
    """A value that goes into a request, and where to."""

    kind: str
    place: str
    value: Any
    name: Any = None

    def alone(self, value: Any) -> tuple[Any, dict[str, Any]]:
        """Return path and keywords of a request that holds nothing but a value in this place."""
        match self.kind:
            case "path":
                return value, {}
            case "headers":
                return "/", {"headers": [(self.name, value)]}
            case "params":
                return "/", {"params": {self.name: value}}
            case kind:
                return "/", {kind: value}


class Builder:
    """Builds requests for one address and knows what was answered before."""

    def __init__(self, client: httpx.Client, earlier: Iterable[Answer]) -> None:
        self._client = client
        self._earlier = earlier

    def build(self, method: str, path: Any, more: Mapping[str, Any]) -> Sendable:
        """Build a request from what httpx takes. Raises NotSendable."""
        unknown = more.keys() - _KEYWORDS
        if unknown:
            raise TypeError(f"A request takes no {min(unknown)}=; see the authors' guide.")
        try:
            return self._write(method, path, more)
        except Exception as error:  # whatever httpx and h11 raise for it
            raise self._explain(method, path, more, error) from error

    def _write(self, method: str, path: Any, more: Mapping[str, Any]) -> Sendable:
        self._client.cookies.clear()
        request = self._client.build_request(method, path, **more)
        request.read()
        return Sendable(request, Conversation(request))

    def _explain(
        self, method: str, path: Any, more: Mapping[str, Any], error: Exception
    ) -> NotSendable:
        title = f"{method} {_bare(path)}"
        for piece in _take_apart(path, more):
            if not self._can_send(piece, piece.value):
                return NotSendable(
                    f"The check could not send `{title}`: {_show(piece.value)} can't stand in"
                    f" {piece.place}. {_RULES.get(piece.kind, _OTHER_RULE)}."
                    f"{self._say_source(piece)}",
                    detail=str(error)[:500],
                )
        return NotSendable(f"The check could not send `{title}`: {clean(str(error))[:200]}.")

    def _can_send(self, piece: _Piece, value: Any) -> bool:
        """Whether a value can be sent in the place of a piece."""
        path, more = piece.alone(value)
        try:
            self._write("POST", path, more)
        except Exception:  # noqa: BLE001 - as in `build`
            return False
        return True

    def _say_source(self, piece: _Piece) -> str:
        """Return in words which answer of the service a text came from, if it is found in one."""
        found = (
            (answer, name, text)
            for answer in reversed(list(self._earlier))
            for name, text in _list_texts(answer)
            if text and _contains(piece.value, text)
        )
        for answer, name, text in islice(found, _MOST_TRIES):
            if not self._can_send(piece, text):
                return (
                    f" Your service gave it as `{name}` in its answer to `{answer.title}`;"
                    " give one that clients can send back."
                )
        return ""


def _take_apart(path: Any, more: Mapping[str, Any]) -> Iterator[_Piece]:
    yield _Piece("path", "its address", path)
    for name, value in _pairs(more.get("headers")):
        yield _Piece("headers", f"the header `{_bare(name)}`", value, name)
    for name, value in _pairs(more.get("params")):
        yield _Piece("params", f"the query parameter `{_bare(name)}`", value, name)
    for kind in sorted(more.keys() - {"headers", "params"}):
        yield _Piece(kind, "its body", more[kind])


def _pairs(fields: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(fields, Mapping):
        yield from fields.items()
    elif isinstance(fields, list | tuple):
        yield from (each for each in fields if isinstance(each, tuple) and len(each) == 2)  # noqa: PLR2004


def _contains(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return text in value
    return isinstance(value, list | tuple) and any(_contains(one, text) for one in value)


def _list_texts(answer: Answer) -> Iterator[tuple[str, str]]:
    """List the texts in an answer's headers and in its JSON, with their names."""
    for name, value in zip(answer.headers.raw, answer.headers.multi_items(), strict=True):
        yield name[0].decode("ascii", "replace"), value[1]
    try:
        yield from _walk("", parse_json(answer.content))
    except ValueError:
        return


def _walk(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name or "body", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(f"{name}.{clean(key)[:40]}".lstrip("."), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(f"{name}[{number}]", inner)


def _show(value: Any) -> str:
    """Show a value on one line, with everything visible that would not be."""
    if value is None:
        return "nothing (null)"
    return f'"{_bare(value)}"' if isinstance(value, str) else _bare(value)


def _bare(value: Any) -> str:
    text = repr(value)[1:-1] if isinstance(value, str) else show_value(value)
    beyond = len(text) - _SHOWN_CHARACTERS
    return text if beyond <= 0 else f"{text[:_SHOWN_CHARACTERS]}… ({len(text):,} characters)"

"""The operations of a document: a method on a path, what may be sent to it, what it answers with.

Which one an exchange belongs to is found here; whether the document tells the truth about it is
`document`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from milepost.engine.checks.openapi.references import resolve
from milepost.engine.checks.openapi.schemas import Schema

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_TEMPLATE = re.compile(r"\{[^{}]*\}")
_NOTHING: Mapping[str, Any] = {}
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that may be sent in an address or a header."""

    name: str
    place: str  # query, path, header or cookie
    is_required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Described:
    """What a document says of a body, by media type, and of the headers beside it."""

    document: Node
    node: Node
    where: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The media types that it names, without their parameters."""
        return tuple(plain_type(str(each)) for each in as_object(self.node.get("content")))

    @property
    def headers(self) -> frozenset[str]:
        """The headers that it names, in small letters."""
        return frozenset(str(each).lower() for each in as_object(self.node.get("headers")))

    def find_schema(self, kind: str) -> Schema | None:
        """Find the schema of a media type, if that is named and has one."""
        for named, node in as_object(self.node.get("content")).items():
            described = as_object(resolve(self.document, node))
            if plain_type(str(named)) == kind and "schema" in described:
                return Schema(self.document, described["schema"], f"{self.where}, {kind}")
        return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, as the document has it."""

    document: Node
    name: str  # such as GET /tools/{id}
    item: Node  # what is said of its path
    node: Node  # what is said of it alone

    @property
    def shape(self) -> str:
        """Its name, whatever the parameters of its path are called."""
        return shape_of(self.name)

    def fits(self, method: str, path: str) -> bool:
        """Return whether a request belongs to this operation."""
        own_method, _, template = self.name.partition(" ")
        pattern = "[^/]+".join(map(re.escape, _TEMPLATE.split(template)))
        return method == own_method and re.fullmatch(pattern, path) is not None

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that it says it answers with, as written: `200`, `4XX`, `default`."""
        return tuple(map(str, as_object(self.node.get("responses"))))

    def find_response(self, status: int) -> Described | None:
        """Find what is said of answers with exactly this status."""
        node = as_object(self.node.get("responses")).get(str(status))
        return None if node is None else self._describe(node, f"its {status}")

    def find_body(self) -> Described | None:
        """Find what is said of the body that may be sent."""
        node = self.node.get("requestBody")
        return None if node is None else self._describe(node, "the body that is sent")

    def list_parameters(self) -> list[Parameter]:
        """List what may be sent beside a body; what the operation says goes before its path."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (self.item, self.node):
            several = holder.get("parameters")
            for each in several if isinstance(several, list) else []:
                node = as_object(resolve(self.document, each))
                name, place = str(node.get("name")), str(node.get("in"))
                schema = Schema(self.document, _find_schema(node), f"{self.name}, `{name}`")
                is_required = node.get("required") is True
                found[place, name] = Parameter(name, place, is_required, schema)
        return list(found.values())

    def _describe(self, node: Any, what: str) -> Described:
        found = as_object(resolve(self.document, node))
        return Described(self.document, found, f"{self.name}, {what}")


def list_operations(document: Node) -> list[Operation]:
    """List the operations of a document, those with fewer parameters in their paths first."""
    prefix = _find_prefix(document)
    found = [
        Operation(document, f"{method} {prefix}{path}", item, as_object(node))
        for path, each in as_object(document.get("paths")).items()
        for item in [as_object(resolve(document, each))]
        for method, node in _list_methods(item)
    ]
    return sorted(found, key=lambda each: (each.name.count("{"), each.name))


def shape_of(name: str) -> str:
    """Write an operation's name without the names of its parameters."""
    return _TEMPLATE.sub("{}", name)


def plain_type(named: str) -> str:
    """Write a media type without its parameters."""
    return named.partition(";")[0].strip().lower()


def as_object(node: Any) -> Node:
    """Return an object as it is, and whatever else as one without anything in it."""
    return node if isinstance(node, Mapping) else _NOTHING


def _list_methods(item: Node) -> Iterator[tuple[str, Any]]:
    for method in _METHODS:
        if method in item:
            yield method.upper(), item[method]
    for method, node in as_object(item.get("additionalOperations")).items():  # OpenAPI 3.2
        yield str(method), node


def _find_prefix(document: Node) -> str:
    """Find what the address of the first server adds before each path."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    try:
        return unquote(urlsplit(str(as_object(first).get("url", ""))).path).rstrip("/")
    except ValueError:
        return ""


def _find_schema(node: Node) -> Any:
    """Find a parameter's schema: its own, or that of its one media type. Without one, all fits."""
    kinds = list(as_object(node.get("content")).values())
    return as_object(kinds[0] if kinds else node).get("schema", True)

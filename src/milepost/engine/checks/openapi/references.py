"""References of a document: where each leads, and that all of them end within the document.

A document comes from a learner, and is handed to a validator only after this: no reference leads
outside or nowhere, and none leads in a circle without a step into the value.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote

_LONGEST_SHOWN = 80
_ONE = ("not", "if", "then", "else")
_SEVERAL = ("allOf", "anyOf", "oneOf")
_REBASING = ("$id", "$dynamicRef", "$dynamicAnchor", "$recursiveRef")


def resolve(document: Any, node: Any) -> Any:
    """Follow references to what is meant. In a sound document they end."""
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        node = find(document, node["$ref"])
    return node


def find(document: Any, reference: str) -> Any:
    """Find what a reference such as `#/components/schemas/Tool` leads to, or raise LookupError."""
    node = document
    for step in reference.removeprefix("#").split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list):
            if not (name.isascii() and name.isdigit() and int(name) < len(node)):
                raise LookupError(name)
            node = node[int(name)]
        elif isinstance(node, Mapping) and name in node:
            node = node[name]
        else:
            raise LookupError(name)
    return node


def require_sound(document: Any) -> None:
    """Fail, in words, unless all references of a document lead to something within it."""
    nodes = list(_walk(document))
    for node in nodes:
        _require_local(document, node)
    graph = {id(node): [id(child) for child in list_in_place(document, node)] for node in nodes}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = set(error.args[1])
        named = next(
            node["$ref"]
            for node in nodes
            if id(node) in circle and isinstance(node.get("$ref"), str)
        )
        raise AssertionError(
            f"Your document's reference `{_show(named)}` leads in a circle, back to itself,"
            " without saying anything on the way. A schema may hold itself in one of its"
            " properties or items; it can't *be* itself"
        ) from None


def _require_local(document: Any, node: Mapping[str, Any]) -> None:
    for name in _REBASING:
        if isinstance(node.get(name), str):
            raise AssertionError(  # noqa: TRY004 - the learner's error, and no caller's
                f"Your document uses `{name}`, which moves where references lead. Leave it out,"
                " and write"
                " references from the document's root, such as `#/components/schemas/Tool`"
            )
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return
    if not reference.startswith("#/"):
        raise AssertionError(
            f"Your document's reference `{_show(reference)}` leads out of the document, and"
            " nothing is fetched here. Whoever"
            " reads a document should need nothing else; put the part into `components`, and refer"
            " to it as `#/components/…`"
        )
    try:
        find(document, reference)
    except LookupError:
        raise AssertionError(
            f"Your document's reference `{_show(reference)}` leads nowhere: there is no such part."
            " Look at each of its"
            " names, capitals included"
        ) from None


def _walk(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a document."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def list_in_place(document: Any, node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas that look at the same value as this one does."""
    found = [node.get(name) for name in _ONE]
    for name in _SEVERAL:
        several = node.get(name)
        found += several if isinstance(several, list) else []
    dependent = node.get("dependentSchemas")
    found += dependent.values() if isinstance(dependent, Mapping) else []
    if isinstance(node.get("$ref"), str):
        found.append(find(document, node["$ref"]))
    yield from (each for each in found if isinstance(each, Mapping))


def _show(reference: str) -> str:
    shown = "".join(each if each.isprintable() else "�" for each in reference.replace("`", "'"))
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"

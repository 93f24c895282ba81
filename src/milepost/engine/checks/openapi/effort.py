"""How much work a schema may make of a value, at most: counted before a validator begins.

A schema that holds itself twice in one step doubles its work with each level of a value. A compiled
validator can't be stopped on the way, so what would take too long is refused in words instead.
"""

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from milepost.engine.checks.openapi.references import list_in_place

_MOST_VISITS = 5000  # of schemas, on the way to one end of a value
_ONE = ("items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains")
_SEVERAL = ("prefixItems",)
_NAMED = ("properties", "patternProperties")


class Effort:
    """The work of one schema, for values of any depth."""

    def __init__(self, document: Any, schema: Any) -> None:
        found = _list_reachable(document, schema)
        self._same = {
            key: [id(each) for each in list_in_place(document, node)] for key, node in found.items()
        }
        self._below = {key: [id(each) for each in _list_below(node)] for key, node in found.items()}
        self._order = list(TopologicalSorter(self._same).static_order())
        self._bounded = 0  # levels that are known to be bounded
        self._visits = dict.fromkeys(self._order, 0)

    def is_bounded(self, value: Any) -> bool:
        """Return whether the schema looks at a value in a bounded number of steps."""
        levels = _count_levels(value)
        while self._bounded < levels:
            visits: dict[int, int] = {}
            for key in self._order:
                below = max((self._visits[each] for each in self._below[key]), default=0)
                visits[key] = 1 + below + sum(visits[each] for each in self._same[key])
            if max(visits.values(), default=0) > _MOST_VISITS:
                return False
            self._visits = visits
            self._bounded += 1
        return True


def _list_reachable(document: Any, schema: Any) -> dict[int, Mapping[str, Any]]:
    """List the schemas that may look at a part of a value, by their identity."""
    found: dict[int, Mapping[str, Any]] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping) and id(node) not in found:
            found[id(node)] = node
            waiting += [*list_in_place(document, node), *_list_below(node)]
    return found


def _list_below(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas that look at what a value holds."""
    found = [node.get(name) for name in _ONE]
    for name in _SEVERAL:
        several = node.get(name)
        found += several if isinstance(several, list) else []
    for name in _NAMED:
        named = node.get(name)
        found += named.values() if isinstance(named, Mapping) else []
    yield from (each for each in found if isinstance(each, Mapping))


def _count_levels(value: Any) -> int:
    """Count how deep a value goes; one that holds nothing has one level."""
    levels, layer = 0, [value]
    while layer:
        levels += 1
        layer = [
            inner
            for each in layer
            if isinstance(each, Mapping | list)
            for inner in (each.values() if isinstance(each, Mapping) else each)
        ]
    return levels

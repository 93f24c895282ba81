"""Which wrong values can stand in the place of a right one, by its type.

Trees of lists and objects are walked, so that each part of them is spoiled by itself. What a value
is part of, such as the body of an HTTP answer, lives in `answers`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

Rebuild = Callable[[Any], Any]

VERY_LONG = 100_000
_HUGE = 10**30
_MOST_KEYS = 30
_MOST_DEPTH = 8
_DEEP = 60


@dataclass(frozen=True, slots=True)
class Site:
    """A place in an answer, and a way to spoil what stands there."""

    place: str  # list positions left out, such as `body.items[].id`
    kind: str
    was: Any
    change: Rebuild  # returns what stands there instead
    rebuild: Rebuild  # returns the whole answer with that in it


def fixed_site(place: str, kind: str, was: Any, became: Any, rebuild: Rebuild) -> Site:
    """Return the site of a value that takes the place of another, whatever that is."""
    return Site(place, kind, was, lambda _: became, rebuild)


def list_sites(value: Any, place: str, rebuild: Rebuild, *, finite: bool = False) -> Iterator[Site]:
    """List how a value can be spoiled, and all that it holds.

    `rebuild` returns the whole answer with another value in this place. Where all is `finite`,
    as in JSON, no number becomes infinite.
    """
    for site in _walk(value, place, rebuild, 0):
        if not (finite and site.kind in _NOT_FINITE):
            yield site


def list_text_sites(text: str, place: str, rebuild: Rebuild) -> Iterator[Site]:
    """List how a text can be spoiled that is bytes on its way, so that it stays a text."""
    for kind, change in _TEXTS.items():
        if kind != "half-surrogate":
            yield Site(place, kind, text, change, rebuild)


def list_length_sites(items: list[Any], place: str, rebuild: Rebuild) -> Iterator[Site]:
    """List how a list can be spoiled whose items are records of Milepost's own."""
    for kind in ("empty", "shorter", "doubled"):
        if items:
            yield Site(place, kind, items, _LISTS[kind], rebuild)


def pick_positions(items: Sequence[Any]) -> list[int]:
    """Return the first, the middle and the last position: the others are like them."""
    return sorted({0, len(items) // 2, len(items) - 1}) if items else []


def _walk(value: Any, place: str, rebuild: Rebuild, depth: int) -> Iterator[Site]:
    for kind, change in find_changes(value).items():
        yield Site(place, kind, value, change, rebuild)
    if depth >= _MOST_DEPTH:
        return
    if isinstance(value, Mapping):
        for key in list(value)[:_MOST_KEYS]:
            inside = f"{place}.{key}"
            yield Site(inside, "missing", value, partial(_without, key), rebuild)
            yield from _walk(value[key], inside, partial(_put_key, rebuild, value, key), depth + 1)
    elif isinstance(value, list | tuple):
        for index in pick_positions(value):
            put = partial(_put_item, rebuild, value, index)
            yield from _walk(value[index], f"{place}[]", put, depth + 1)


def find_changes(value: Any) -> dict[str, Rebuild]:
    """Return the ways to spoil a value of this type, by their names."""
    match value:
        case None:
            own = _NOTHINGS
        case bool():
            own = _BOOLEANS
        case int() | float() | Decimal():
            own = _NUMBERS
        case str():
            own = _TEXTS | _OTHER_THAN_TEXT
        case list() | tuple():
            own = _LISTS
        case Mapping():
            own = _OBJECTS
        case _:
            own = {}
    return own | _ANY if value is not None else own


def _put_key(rebuild: Rebuild, whole: Mapping[Any, Any], key: Any, value: Any) -> Any:
    return rebuild({**whole, key: value})


def _put_item(rebuild: Rebuild, whole: Any, index: int, value: Any) -> Any:
    return rebuild(type(whole)([*whole[:index], value, *whole[index + 1 :]]))


def _without(key: Any, whole: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in whole.items() if name != key}


def _nest_deeply(value: Any) -> Any:
    for _ in range(_DEEP):
        value = [value]
    return value


def _negate(value: Any) -> Any:
    return -value - 1


_ANY: dict[str, Rebuild] = {
    "null": lambda _: None,
    "nested": lambda value: [value],
    "nested-deeply": _nest_deeply,
}
_NOTHINGS: dict[str, Rebuild] = {
    "text-for-null": lambda _: "none",
    "number-for-null": lambda _: 0,
    "list-for-null": lambda _: [None],
    "object-for-null": lambda _: {"": None},
}
_BOOLEANS: dict[str, Rebuild] = {
    "text-for-boolean": lambda value: str(value).lower(),
    "number-for-boolean": int,
}
_NUMBERS: dict[str, Rebuild] = {
    "text-for-number": str,
    "negative": _negate,
    "huge": lambda value: type(value)(_HUGE),
    "fraction": lambda _: 0.5,
    "not-a-number": lambda value: (float if isinstance(value, int) else type(value))("nan"),
    "infinite": lambda value: (float if isinstance(value, int) else type(value))("inf"),
    "boolean-for-number": bool,
    "list-for-number": lambda value: [value, None],
    "object-for-number": lambda value: {"value": value},
}
_NOT_FINITE = {"not-a-number", "infinite"}
_TEXTS: dict[str, Rebuild] = {
    "empty": lambda _: "",
    "shorter": lambda value: value[: len(value) // 2],
    "doubled": lambda value: value + value,
    "not-ascii": lambda value: value + "é灯",
    "very-long": lambda value: (value or "x") + "x" * VERY_LONG,
    "line-break": lambda value: value[:1] + "\r\n" + value[1:],
    "nul": lambda value: value[:1] + "\0" + value[1:],
    "half-surrogate": lambda value: value + "\ud800",
}
_OTHER_THAN_TEXT: dict[str, Rebuild] = {
    "number-for-text": lambda value: int(value) if value.isdecimal() else len(value),
    "list-for-text": lambda value: [*value[:3], None],
    "object-for-text": lambda value: {"value": value},
}
_LISTS: dict[str, Rebuild] = {
    "empty": lambda value: value[:0],
    "shorter": lambda value: value[:-1],
    "doubled": lambda value: value + value,
    "nulls": lambda value: [None] * max(len(value), 1),
    "mixed": lambda value: [*value, "text", 7, None, [], {}],
    "text-for-list": lambda value: ",".join(map(str, value[:9])),
    "number-for-list": len,
    "object-for-list": lambda value: dict(enumerate(value[:9])) | {"": None},
}
_OBJECTS: dict[str, Rebuild] = {
    "empty": lambda _: {},
    "one-more": lambda value: {**value, "": None},
    "list-for-object": lambda value: [*value.items()],
    "text-for-object": lambda value: ",".join(map(str, value)),
    "number-for-object": len,
}

"""Whether a schema says enough: it must refuse copies of real answers that were spoiled.

A schema that allows everything is true of every service, so what fits it proves nothing. What all
answers of one kind have in common is found here, and taken from copies, one thing at a time.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, TypeAlias

from milepost.engine.checks.answers import name_json_type
from milepost.engine.checks.openapi.schemas import Schema

Place: TypeAlias = tuple[str, ...]  # the names that lead to a value; `[]` is any item of a list
Path: TypeAlias = tuple[str | int, ...]  # the same with the numbers of items
_ITEM = "[]"
_STRANGERS: tuple[Any, ...] = ({"strange": True}, [[]], "strange", 7.5, True)
_MOST_SPOILED = 400


def find_loose(schema: Schema, values: Sequence[Any]) -> str | None:
    """Say in words how a value may be spoiled without the schema's notice; None if it can't be."""
    spoiled = islice(_spoil_all(values), _MOST_SPOILED)
    return next((words for words, value in spoiled if schema.allows(value)), None)


def _spoil_all(values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield copies of values with one place spoiled, each kind of place once, and what is so."""
    kinds: dict[Place, set[str]] = {}
    counts: Counter[Place] = Counter()
    seen = [(value, path, inner) for value in values for path, inner in _walk(value, ())]
    for _, path, inner in seen:
        kinds.setdefault(_place(path), set()).add(_kind(inner))
        counts[_place(path)] += 1
    first: dict[Place, tuple[Any, Path]] = {}
    for value, path, inner in seen:
        if inner is not None:  # null tells nothing of what else may stand there
            first.setdefault(_place(path), (value, path))
    for place, (value, path) in first.items():
        is_constant = bool(place) and counts[place] == counts[place[:-1]]
        for words, spoiled in _spoil(value, path, kinds[place], is_constant=is_constant):
            yield f"{_show(place)} is {words}", spoiled


def _spoil(
    value: Any, path: Path, kinds: Collection[str], *, is_constant: bool
) -> Iterator[tuple[str, Any]]:
    """Yield copies of a value with one place of it spoiled, and what that is then."""
    for stranger in _STRANGERS:
        if _kind(stranger) not in kinds:
            yield name_json_type(stranger), _change(value, path, stranger)
    if is_constant and isinstance(path[-1], str):
        yield "missing", _change(value, path, None, removes=True)


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, inner in steps:
        yield from _walk(inner, (*path, step))


def _change(value: Any, path: Path, new: Any, *, removes: bool = False) -> Any:
    """Copy a value with something else in one place of it, or with nothing there."""
    if not path:
        return new
    copied = deepcopy(value)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    if removes:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return copied


def _place(path: Path) -> Place:
    return tuple(_ITEM if isinstance(step, int) else step for step in path)


def _kind(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "a number" if is_number else name_json_type(value)


def _show(place: Place) -> str:
    return f"`{'/'.join(place)}`" if place else "the whole of it"

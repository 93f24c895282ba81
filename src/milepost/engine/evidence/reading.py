"""Reads dataclasses back from JSON by their annotations, and refuses what does not fit them.

Whatever a record declares holds afterwards, so those who show it need not ask again. Unknown fields
are left out: a newer version may have written them.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
_UNIONS = (Union, types.UnionType)
Read = Callable[[Any], Any]


class Unfit(ValueError):
    """JSON that is not what an annotation says."""


def read_record(record: type[Record], document: Any) -> Record:
    """Read a dataclass. Raises Unfit."""
    read: Read = _make_reader(cast("Any", record))
    return cast("Record", read(document))


@cache
def _make_reader(annotation: Any) -> Read:
    """Make the function that reads what is annotated so; made once for each annotation."""
    if annotation is Any:
        return _keep
    if is_dataclass(annotation):
        return _RecordReader(cast("type[Any]", annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _read_with(annotation)
    origin = get_origin(annotation)
    if origin in _MAKERS:
        return _MAKERS[origin](get_args(annotation))
    return _read_exactly(annotation)


class _RecordReader:
    """Reads one dataclass; it may hold itself, so its fields' readers are made at the first use."""

    def __init__(self, record: type[Any]) -> None:
        self._record = record
        self._readers: dict[str, Read] = {}
        self._fixed: dict[str, Any] = {}
        self._required: set[str] = set()

    def __call__(self, document: Any) -> Any:
        if not isinstance(document, Mapping):
            raise Unfit(self._record.__name__)
        readers = self._readers or self._make_readers()
        if not readers and any(value is not None for value in document.values()):
            raise Unfit(self._record.__name__)  # a record without fields stands for nothing known
        if not document.keys() >= self._required:
            raise Unfit(self._record.__name__)
        for name, value in self._fixed.items():
            if document.get(name, value) != value:
                raise Unfit(name)
        given = {name: read(document[name]) for name, read in readers.items() if name in document}
        return self._record(**given)

    def _make_readers(self) -> dict[str, Read]:
        hints = get_type_hints(self._record)
        for field in fields(self._record):
            if not field.init:
                self._fixed[field.name] = field.default
            elif field.default is MISSING and field.default_factory is MISSING:
                self._required.add(field.name)
        self._readers = {
            field.name: _make_reader(hints[field.name])
            for field in fields(self._record)
            if field.init
        }
        return self._readers


def _keep(value: Any) -> Any:
    return value


def _read_with(make: Callable[[Any], Any]) -> Read:
    def read(value: Any) -> Any:
        try:
            return make(value)
        except ValueError as error:
            raise Unfit(str(error)) from error

    return read


def _read_exactly(annotation: Any) -> Read:
    wanted = _list_plain(annotation)

    def read(value: Any) -> Any:
        if type(value) not in wanted:
            raise Unfit(annotation)
        return value

    return read


def _list_plain(annotation: Any) -> frozenset[type[Any]]:
    """List the types whose values are read as they are; empty for what must be looked into."""
    choices = get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,)
    plain = [_PLAIN.get(choice, frozenset()) for choice in choices]
    return frozenset[type[Any]]().union(*plain) if all(plain) else frozenset()


def _read_one_of(choices: tuple[Any, ...]) -> Read:
    plain = frozenset[type[Any]]().union(*(_PLAIN.get(choice, ()) for choice in choices))
    readers = [_make_reader(choice) for choice in choices if choice not in _PLAIN]

    def read(value: Any) -> Any:
        if type(value) in plain:
            return value
        for reader in readers:
            try:
                return reader(value)
            except Unfit:
                continue
        raise Unfit(choices)

    return read


def _read_literal(choices: tuple[Any, ...]) -> Read:
    def read(value: Any) -> Any:
        if value not in choices:
            raise Unfit(choices)
        return value

    return read


def _read_tuple(arguments: tuple[Any, ...]) -> Read:
    plain, read_item = _list_plain(arguments[0]), _make_reader(arguments[0])

    def read(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise Unfit(tuple)
        if plain.issuperset(map(type, value)):
            return tuple(value)
        return tuple([read_item(item) for item in value])

    return read


def _read_mapping(arguments: tuple[Any, ...]) -> Read:
    read_value = _make_reader(arguments[1])

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Unfit(dict)
        return {name: read_value(inner) for name, inner in value.items()}

    return read


_PLAIN: Mapping[Any, frozenset[type[Any]]] = {
    str: frozenset({str}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    bool: frozenset({bool}),
    types.NoneType: frozenset({types.NoneType}),
}
_MAKERS: Mapping[Any, Callable[[tuple[Any, ...]], Read]] = {
    **dict.fromkeys(_UNIONS, _read_one_of),
    Literal: _read_literal,
    tuple: _read_tuple,
    dict: _read_mapping,
    Mapping: _read_mapping,
}

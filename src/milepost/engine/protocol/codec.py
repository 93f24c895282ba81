"""Writes messages as frames, and reads them back by the types of their fields.

A message is a class with slots: a frozen dataclass, or one of `guest`. Its kind is the name of its
class, and its one field of bytes, if it has one, is the frame's payload. `Codec.decode` alone
raises MalformedMessage: what it returns has the types that its class declares.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import (
    Any,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from milepost.engine.protocol.frames import KIND, Frame, MalformedMessage, encode_message
from milepost.engine.serialize import to_json

Message = TypeVar("Message")
_Read: TypeAlias = Callable[[Any], Any]
Readers: TypeAlias = Mapping[type, _Read]


def encode(message: Any) -> bytes:
    """Write a message as one frame."""
    return encode_message(message, to_json)


def write(message: Any) -> dict[str, Any]:
    """Write a message without a payload as JSON, to stand within another; see `Codec.read`."""
    return {KIND: type(message).__name__, **to_json(message)}


class Codec(Generic[Message]):
    """Reads messages of these kinds, and refuses all others.

    `readers` are for types that know by themselves how they are read; what such a reader raises of
    KeyError, TypeError and ValueError makes its message malformed.
    """

    def __init__(self, *kinds: type[Message], readers: Readers | None = None) -> None:
        own = {kind: _guarded(read) for kind, read in (readers or {}).items()}
        self._readers = {kind.__name__: Record(kind, own) for kind in kinds}

    def decode(self, frame: Frame) -> Message:
        """Return the message that a frame holds, or raise MalformedMessage, which says why not."""
        body = dict(frame.body)
        kind = body.pop(KIND, None)
        reader = self._readers.get(kind) if isinstance(kind, str) else None
        if reader is None:
            raise MalformedMessage(f"a message of the kind {kind!r} is not expected here")
        if reader.payload:
            body[reader.payload] = frame.payload
        elif frame.payload:
            raise MalformedMessage(f"{kind}: it has no room for {len(frame.payload)} bytes")
        try:
            message: Message = reader.read(body)
        except MalformedMessage as error:
            raise MalformedMessage(f"{kind}: {error}") from None
        return message

    def read(self, body: Mapping[str, Any]) -> Message:
        """Return the message that `write` wrote, or raise MalformedMessage."""
        return self.decode(Frame(dict(body)))


class Record:
    """Reads an object with exactly the fields of its class."""

    def __init__(self, kind: type, own: Readers = types.MappingProxyType({})) -> None:
        self._kind = kind
        hints = get_type_hints(kind)
        names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]
        self._fields = {name: _make_reader(hints[name], own) for name in names}
        self.payload = next((name for name in names if hints[name] is bytes), None)

    def read(self, value: Any) -> Any:
        """Return the object that JSON holds, or raise MalformedMessage."""
        if not isinstance(value, dict) or value.keys() != self._fields.keys():
            raise MalformedMessage(_compare(value, self._fields))
        return self._kind(
            **{name: _read_part(name, read, value[name]) for name, read in self._fields.items()}
        )


def _compare(value: Any, fields: Mapping[str, _Read]) -> str:
    if not isinstance(value, dict):
        return f"{_name(value)} where an object should be"
    missing, extra = fields.keys() - value.keys(), value.keys() - fields.keys()
    return f"it lacks {sorted(missing)}" if missing else f"it has {sorted(extra)} too"


def _read_part(name: object, read: _Read, value: Any) -> Any:
    try:
        return read(value)
    except MalformedMessage as error:
        raise MalformedMessage(f"{name}: {error}") from None


def _make_reader(hint: Any, own: Readers) -> _Read:
    """Return what reads a value of this type, or raises MalformedMessage."""
    if hint in own:
        return own[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _make_optional_reader(arguments, own)
    if origin is Literal:
        return _make_choice_reader(arguments)
    if origin is not None:
        item = arguments[-1] if origin in _MAPPINGS else arguments[0]
        return _make_container_reader(origin, _make_reader(item, own))
    return _keep if hint is Any else _make_plain_reader(hint, own)


def _make_optional_reader(arguments: tuple[Any, ...], own: Readers) -> _Read:
    (inner,) = (_make_reader(each, own) for each in arguments if each is not types.NoneType)
    return lambda value: None if value is None else inner(value)


def _make_choice_reader(choices: tuple[Any, ...]) -> _Read:
    def read(value: Any) -> Any:
        if not any(type(value) is type(each) and value == each for each in choices):
            raise MalformedMessage(f"it is none of {list(choices)}")
        return value

    return read


_MAPPINGS = {dict, Mapping}


def _make_container_reader(origin: type, read: _Read) -> _Read:
    if origin in _MAPPINGS:
        return lambda value: {
            name: _read_part(name, read, item) for name, item in _require(dict, value).items()
        }
    return lambda value: origin(
        _read_part(place, read, item) for place, item in enumerate(_require(list, value))
    )


def _make_plain_reader(kind: type, own: Readers) -> _Read:
    if is_dataclass(kind):
        return Record(kind, own).read
    if issubclass(kind, Enum):
        return _guarded(kind)
    if kind is float:
        return lambda value: float(value if type(value) is int else _require(float, value))
    return lambda value: _require(kind, value)


def _require(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # a bool is no number here, although Python has it so
        raise MalformedMessage(f"{_name(value)} where {kind.__name__} should be")
    return value


def _guarded(read: _Read) -> _Read:
    def read_guarded(value: Any) -> Any:
        try:
            return read(value)
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedMessage(f"it can't be read: {error!r}"[:200]) from None

    return read_guarded


def _keep(value: Any) -> Any:
    return value


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__

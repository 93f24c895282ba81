"""Values as checks have them: what learner code answered, and what it is called with.

Each language has values of its own; those that Python lacks have a class here. Reading is
defensive, since whatever a process with learner code writes may be forged; writing refuses what
the learner's language has no exact word for, before anything runs.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from json import JSONDecoder
from pathlib import PurePosixPath
from typing import Any

from milepost.engine.agent.decoding import READERS, read_crowd, read_with
from milepost.engine.agent.encoding import (
    DEEP,
    DIGITS,
    ENDLESS,
    LARGE,
    MANY,
    MAX_BYTES,
    MAX_INT_BITS,
    MAX_LEVELS,
    MAX_VALUES,
    Encoder,
    Unsendable,
)
from milepost.engine.protocol.bounded_json import read_number, refuse_constant, require_bounded
from milepost.engine.protocol.frames import Decoder, MalformedFrame

_SAFE = 2**53 - 1
_FRAME_BYTES = MAX_BYTES + 64 * 1024  # a value, and what stands around it
_FRAME_LEVELS = 2 * MAX_LEVELS + 4  # a tag and its list for each level
_FRAME_VALUES = 3 * MAX_VALUES + 1000  # brackets and commas, which are what is counted
_SHOWN = 200
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
LIMITS = {
    MANY: f"more than {MAX_VALUES:,} values",
    LARGE: f"more than {MAX_BYTES // 1024 // 1024} MiB",
    DEEP: f"values that are nested more than {MAX_LEVELS} levels deep",
    ENDLESS: "a value that holds itself, so that it has no end",
    DIGITS: f"a number of more than {int(MAX_INT_BITS * 0.30103):,} digits",
}


class Language(StrEnum):
    """A language whose functions checks can call."""

    PYTHON = "python"
    NODE = "node"
    GO = "go"

    @classmethod
    def of(cls, module: str) -> "Language":
        """Return the language of the file that is imported."""
        return _BY_ENDING.get(PurePosixPath(module).suffix, cls.NODE)


_BY_ENDING = {".py": Language.PYTHON, ".go": Language.GO}


class Undefined:
    """JavaScript's `undefined`: what a function returns that returns nothing. It is not None."""

    def __bool__(self) -> bool:
        """Return False, as in JavaScript."""
        return False

    def __repr__(self) -> str:
        """Return the word."""
        return "UNDEFINED"


UNDEFINED = Undefined()


class BigInt(int):
    """A BigInt of JavaScript, which is equal to the number; `exactly` tells them apart."""

    def __repr__(self) -> str:
        """Return how one is made."""
        return f"BigInt({int(self)})"


class Map:
    """A Map of JavaScript, which is no object: its keys may be anything, and keep their types."""

    def __init__(self, entries: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = ()) -> None:
        pairs = entries.items() if isinstance(entries, Mapping) else entries
        self.entries = [(key, value) for key, value in pairs]

    def __eq__(self, other: object) -> bool:
        """Compare the entries, whatever their order; where a key has no hash, in their order."""
        if not isinstance(other, Map) or len(self.entries) != len(other.entries):
            return False
        try:
            return _by_type(self.entries) == _by_type(other.entries)
        except TypeError:
            return self.entries == other.entries

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return how one is made."""
        return f"Map({self.entries!r})"


class Instance:
    """An object of learner code, described: the name of its class, and its fields.

    Two are equal that have the same name and equal fields. Where an object has no fields to look
    at, such as a generator, `shown` is what the language writes for it.
    """

    def __init__(self, type: str, shown: str = "", /, **fields: Any) -> None:  # noqa: A002 - what it is
        self.type = type
        self.shown = shown
        self.fields: dict[str, Any] = fields

    def __eq__(self, other: object) -> bool:
        """Compare what there is to look at."""
        if not isinstance(other, Instance):
            return False
        mine = (self.type, self.fields, "" if self.fields else self.shown)
        return mine == (other.type, other.fields, "" if other.fields else other.shown)

    def __hash__(self) -> int:
        """Return a hash of the fields, where they have one."""
        try:
            return hash((self.type, frozenset(self.fields.items())))
        except TypeError:
            return hash((self.type, frozenset(self.fields)))

    def __repr__(self) -> str:
        """Return how one is made, or what the language writes."""
        if self.shown and not self.fields:
            return self.shown
        return (
            f"{self.type}({', '.join(f'{name}={value!r}' for name, value in self.fields.items())})"
        )


def _by_type(entries: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    # A Map tells 1 from true; a dict does not.
    return {(isinstance(key, bool), key): value for key, value in entries}


class NotCarried(ValueError):
    """A check passes a value that the learner's language does not have, or one that is too large.

    `may_come_back` says that learner code may have made the value, which no check is to blame for.
    """

    def __init__(self, sentence: str, *, may_come_back: bool) -> None:
        super().__init__(sentence)
        self.may_come_back = may_come_back


# Reading what learner code answered


def _read_set(members: list[Any]) -> Any:
    try:
        made = set(read_crowd(members))
    except (TypeError, ValueError):
        made = set()
    # Arrays, or 1 beside true, are members of a Set that no set can have.
    return made if len(made) == len(members) else Instance("Set", values=members)


def _read_dict(parts: list[Any]) -> Any:
    keys, values = parts[::2], parts[1::2]
    try:
        made = dict(zip(read_crowd(keys), values, strict=True))
    except TypeError:
        made = {}
    return made if len(made) == len(keys) else Instance("dict", keys=keys, values=values)


def _read_instance(parts: list[Any]) -> Instance:
    name, text, *fields = parts
    if not all(isinstance(each, str) for each in (name, text, *fields[::2])):
        raise ValueError("an instance whose names are no texts")
    made = Instance(name[:_SHOWN], _ADDRESS.sub("", text[: 2 * _SHOWN])[:_SHOWN])
    made.fields = dict(zip(fields[::2], fields[1::2], strict=True))
    return made


_read_tag = read_with(
    {
        **READERS,
        "set": _read_set,
        "dict": _read_dict,
        "undefined": lambda _: UNDEFINED,
        "bigint": lambda text: BigInt(READERS["int"](text)),
        "Map": lambda parts: Map(zip(parts[::2], parts[1::2], strict=True)),
        "instance": _read_instance,
    }
)
_read_json = JSONDecoder(
    object_hook=_read_tag, parse_constant=refuse_constant, parse_float=read_number
).decode


def make_decoder() -> Decoder:
    """Make a decoder of frames that hold values."""
    return Decoder(max_json_bytes=_FRAME_BYTES, max_payload_bytes=0, parse=_parse_answer)


def _parse_answer(raw: bytes) -> dict[str, Any]:
    require_bounded(raw, max_depth=_FRAME_LEVELS, max_values=_FRAME_VALUES)
    try:
        answer = _read_json(raw.decode())
    except MalformedFrame:
        raise
    except Exception as error:  # a tag around what it does not fit can raise anything
        raise MalformedFrame(f"a value that is none: {error}") from error
    if not isinstance(answer, dict):
        raise MalformedFrame("a frame must be a JSON object")
    return answer


# Writing what learner code is called with


class _Foreign(Unsendable):
    """A value of which no process of that language could have made the like."""


class ArgumentEncoder(Encoder):
    """Writes the arguments of one call."""

    def write_tagged(self, kind: type, value: Any, level: int) -> str:
        """Write a value of Python; a BigInt is the number there."""
        return super().write_tagged(int if kind is BigInt else kind, value, level)

    def describe(self, kind: type, value: Any, level: int) -> str:  # noqa: ARG002 - as declared
        """Refuse what could only be described."""
        if isinstance(value, Undefined | Map):
            raise _Foreign(f"{value!r} exists in JavaScript only")
        if isinstance(value, Instance):
            raise Unsendable(f"an object such as {value.type} stays in the process it lives in")
        raise _Foreign(f"an object of the class {kind.__name__} has no counterpart there")


class NodeArgumentEncoder(ArgumentEncoder):
    """The same for JavaScript, where tuples, dates and other numbers do not exist."""

    def write_tagged(self, kind: type, value: Any, level: int) -> str:
        """Write what JavaScript has too."""
        if value is UNDEFINED:
            return '{"undefined":0}'
        if kind is BigInt:
            return f'{{"bigint":"{int(value):x}"}}'
        if kind is Map:
            self.enter(value, level)
            parts = [part for pair in value.entries for part in pair]
            text = f'{{"Map":[{self.write_items(parts, level)}]}}'
            self.leave(value)
            return text
        if not any(base in _JAVASCRIPT for base in kind.__mro__):
            raise _Foreign(f"JavaScript has no {kind.__name__}{_ADVICE.get(kind.__name__, '')}")
        _require_javascript(value)
        return super().write_tagged(kind, value, level)


class GoArgumentEncoder(ArgumentEncoder):
    """The same for Go, whose harness turns what it gets into the types of the parameters."""

    def write_tagged(self, kind: type, value: Any, level: int) -> str:
        """Write what some type of Go can hold."""
        if not any(base in _GO for base in kind.__mro__):
            raise _Foreign(f"Go has no {kind.__name__}{_ADVICE.get(kind.__name__, '')}")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise _Foreign("a time.Time of Go is a moment; give it a time zone")
        return super().write_tagged(kind, value, level)


_GO = {int, float, str, list, dict, set, bytes, datetime, Instance}
_JAVASCRIPT = {int, float, str, list, dict, set, bytes, datetime, Instance}
_ADVICE = {
    "tuple": "; pass a list",
    "frozenset": "; pass a set",
    "bytearray": "; pass bytes",
    "date": "; pass a text",
    "Decimal": "; pass a text or a number",
}


def _require_javascript(value: Any) -> None:
    """Refuse values whose type JavaScript has, but not with this content."""
    match value:
        case int() if abs(value) > _SAFE:
            raise Unsendable(
                f"{_SAFE:,} is the largest whole number that JavaScript keeps exactly;"
                " pass BigInt(…) if the function takes one"
            )
        case dict() if not all(isinstance(key, str) for key in value):
            raise _Foreign("the keys of a JavaScript object are texts; pass texts, or Map({…})")
        case datetime() if value.tzinfo is None or value.microsecond % 1000:
            raise _Foreign("a Date of JavaScript is a moment in milliseconds; give it a time zone")


_ENCODERS = {Language.NODE: NodeArgumentEncoder, Language.GO: GoArgumentEncoder}


def encode_arguments(name: str, arguments: Iterable[Any], language: Language) -> str:
    """Write the arguments of a call as JSON; raises NotCarried where one cannot be passed."""
    encoder = _ENCODERS.get(language, ArgumentEncoder)()
    texts = []
    for number, argument in enumerate(arguments, 1):
        try:
            texts.append(encoder.encode(argument))
        except Unsendable as refused:
            why = f"it is {LIMITS[refused.why]}" if refused.why in LIMITS else refused.why
            raise NotCarried(
                f"Argument {number} of `{name}` cannot be passed: {why}.",
                may_come_back=not isinstance(refused, _Foreign),
            ) from None
    text = f"[{','.join(texts)}]"
    if len(text) > MAX_BYTES:
        raise NotCarried(
            f"The arguments of `{name}` cannot be passed: they are {LIMITS[LARGE]}.",
            may_come_back=True,
        )
    return text

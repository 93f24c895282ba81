"""How values travel between checks and learner code: JSON in which every object carries a tag.

`{"tuple": [1, 2]}` is a tuple, `{"dict": [key, value, …]}` a dict: see docs/adr/0021. Writing takes
a value's data, not its methods, and is bounded; reading is `decoding`, for Node.js both are in
values.mjs.
"""

from __future__ import annotations

from milepost.engine.protocol import plain_json

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Writer = Callable[["Encoder", Any, int], str]


MAX_VALUES = 2_000_000
MAX_BYTES = 32 * 1024 * 1024
MAX_LEVELS = 128
MAX_INT_BITS = 1_000_000
MAX_DECIMAL_DIGITS = 10_000
MAX_FRACTION_BITS = 65_536
_MAX_REPR = 200
_EXACT = 1 << 53  # a number that JSON carries as it is, to any language
_IS_HEAP_TYPE = 1 << 9

MANY, LARGE, DEEP, ENDLESS, DIGITS = "many", "large", "deep", "endless", "digits"


class Unsendable(ValueError):
    """A value that cannot travel. `why` is one of the five limits above, or a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Encoder:
    """Writes one message's values, which share its limits."""

    def __init__(self) -> None:
        self._values = MAX_VALUES
        self._bytes = MAX_BYTES
        self._open: set[int] = set()

    def encode(self, value: Any) -> str:
        """Write a value as JSON text; raises Unsendable where that has no end or no room."""
        try:
            return self.write(value, 0)
        except RecursionError:
            raise Unsendable(DEEP) from None

    def write(self, value: Any, level: int) -> str:
        """Write a value that stands so many levels deep in another."""
        self._values -= 1
        if self._values < 0:
            raise Unsendable(MANY)
        if value is None:
            return "null"
        kind = type(value)
        if kind is str:
            return self.write_text(value)
        if kind is bool:
            return "true" if value else "false"
        return self.write_tagged(kind, value, level)

    def write_tagged(self, kind: type, value: Any, level: int) -> str:
        """Write what JSON itself has no word for, by the first of its classes that is known."""
        try:
            for base in kind.__mro__:
                writer = _WRITERS.get((base.__module__, base.__qualname__))
                if writer is not None:
                    return writer(self, value, level)
        except (Unsendable, RecursionError, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - a class that lies about what it is: described instead
            return self.describe(kind, value, level)
        return self.describe(kind, value, level)

    def write_text(self, value: str) -> str:
        """Write a text."""
        self._spend(str.__len__(value) + 2)
        return plain_json.write_text(value)

    def write_whole(self, value: int) -> str:
        """Write a whole number: in sixteens where JSON's readers would stop or round."""
        if -_EXACT < value < _EXACT:
            return int.__repr__(value)
        if int.bit_length(value) > MAX_INT_BITS:
            raise Unsendable(DIGITS)
        return f'{{"int":"{value:x}"}}'

    def write_items(self, values: list[Any], level: int) -> str:
        """Write the members of a list, without its brackets."""
        kinds = set(map(type, values))
        if kinds == {int}:
            is_plain = min(values) > -_EXACT and max(values) < _EXACT
        else:
            is_plain = kinds == {float} and all(map(_is_finite, values))
        self._spend(2 * len(values))
        if is_plain:
            self._values -= len(values)
            return plain_json.write(values)[1:-1] if self._values >= 0 else self._refuse(MANY)
        return ",".join([self.write(inner, level + 1) for inner in values])

    def enter(self, value: Any, level: int) -> None:
        """Step into a container, unless it is too deep or stands within itself."""
        if id(value) in self._open:
            raise Unsendable(ENDLESS)
        if level >= MAX_LEVELS:
            raise Unsendable(DEEP)
        self._open.add(id(value))

    def leave(self, value: Any) -> None:
        """Step out again."""
        self._open.discard(id(value))

    def describe(self, kind: type, value: Any, level: int) -> str:
        """Write an object that cannot travel by its class and its fields, or by its `repr`."""
        name = plain_json.write_text(str(kind.__qualname__).rpartition(".")[2])
        fields: list[Any] = []
        if level < MAX_LEVELS and id(value) not in self._open:
            fields = [part for pair in _list_fields(kind, value) for part in pair]
        is_known = bool(fields) or _has_plain_repr(kind)
        shown = plain_json.write_text("" if is_known else _show(value))
        self._spend(len(name) + len(shown))
        if not fields:
            return f'{{"instance":[{name},{shown}]}}'
        self._open.add(id(value))
        try:
            return f'{{"instance":[{name},{shown},{self.write_items(fields, level)}]}}'
        finally:
            self._open.discard(id(value))

    def _spend(self, characters: int) -> None:
        self._bytes -= characters
        if self._bytes < 0:
            raise Unsendable(LARGE)

    def _refuse(self, why: str) -> str:
        raise Unsendable(why)


def _write_list(encoder: Encoder, value: Any, level: int) -> str:
    encoder.enter(value, level)
    text = f"[{encoder.write_items(list.__getitem__(value, slice(None)), level)}]"
    encoder.leave(value)
    return text


def _container(tag: str, list_members: Callable[[Any], Iterable[Any]]) -> Writer:
    def write(encoder: Encoder, value: Any, level: int) -> str:
        encoder.enter(value, level)
        text = f'{{"{tag}":[{encoder.write_items([*list_members(value)], level)}]}}'
        encoder.leave(value)
        return text

    return write


def _list_pairs(value: Any) -> Iterable[Any]:
    return [part for pair in dict.items(value) for part in pair]


def _is_finite(number: float) -> bool:
    return number - number == 0  # for infinity and NaN that is NaN


def _write_float(_encoder: Encoder, value: Any, _level: int) -> str:
    number = float.__float__(value)
    return float.__repr__(number) if _is_finite(number) else f'{{"float":"{number!r}"}}'


def _write_bytes(tag: str, kind: type[bytes | bytearray]) -> Writer:
    def write(encoder: Encoder, value: Any, _level: int) -> str:
        encoder._spend(2 * kind.__len__(value))  # noqa: SLF001 - of this module
        return f'{{"{tag}":"{kind.hex(value)}"}}'

    return write


def _write_complex(encoder: Encoder, value: Any, level: int) -> str:
    number = complex.__complex__(value)
    return f'{{"complex":[{encoder.write_items([number.real, number.imag], level)}]}}'


def _write_range(encoder: Encoder, value: Any, level: int) -> str:
    if len(value) > MAX_VALUES:  # whoever makes a list of it would find no end
        raise Unsendable(MANY)
    return f'{{"range":[{encoder.write_items([value.start, value.stop, value.step], level)}]}}'


def _write_decimal(encoder: Encoder, value: Any, level: int) -> str:
    _, digits, exponent = value.as_tuple()
    size = max(len(digits), abs(exponent) if isinstance(exponent, int) else 0)
    if size > MAX_DECIMAL_DIGITS or value.is_snan():  # which raises where it is compared
        return encoder.describe(type(value), value, level)
    return f'{{"Decimal":{plain_json.write_text(_class(value, "decimal").__str__(value))}}}'


def _write_fraction(encoder: Encoder, value: Any, level: int) -> str:
    parts = [value.numerator, value.denominator]
    if max(part.bit_length() for part in parts) > MAX_FRACTION_BITS:
        return encoder.describe(type(value), value, level)
    return f'{{"Fraction":[{encoder.write_items(parts, level)}]}}'


def _write_datetime(encoder: Encoder, value: Any, level: int) -> str:
    zone = getattr(value.tzinfo, "key", None)
    named = zone if type(zone) is str else None
    parts = [_class(value, "datetime").isoformat(value), named, value.fold]
    return f'{{"datetime":[{encoder.write_items(parts, level)}]}}'


def _write_iso(tag: str) -> Writer:
    def write(_encoder: Encoder, value: Any, _level: int) -> str:
        text = _class(value, "datetime").isoformat(value)
        return f'{{"{tag}":{plain_json.write_text(text)}}}'

    return write


def _write_timedelta(encoder: Encoder, value: Any, level: int) -> str:
    parts = [value.days, value.seconds, value.microseconds]
    return f'{{"timedelta":[{encoder.write_items(parts, level)}]}}'


def _write_as_text(tag: str, module: str) -> Writer:
    def write(_encoder: Encoder, value: Any, _level: int) -> str:
        text = _class(value, module).__str__(value)
        return f'{{"{tag}":{plain_json.write_text(text)}}}'

    return write


def _class(value: Any, module: str) -> Any:
    """Return the class of the standard library behind a value, whose methods are its own."""
    return next(base for base in type(value).__mro__ if base.__module__ == module)


# By names, so that no module is imported for a type that nobody uses.
_WRITERS: dict[tuple[str, str], Writer] = {
    ("builtins", "str"): lambda encoder, value, _: encoder.write_text(value),
    ("builtins", "int"): lambda encoder, value, _: encoder.write_whole(int.__int__(value)),
    ("builtins", "float"): _write_float,
    ("builtins", "list"): _write_list,
    ("builtins", "tuple"): _container("tuple", tuple.__iter__),
    ("builtins", "dict"): _container("dict", _list_pairs),
    ("builtins", "set"): _container("set", set.__iter__),
    ("builtins", "frozenset"): _container("frozenset", frozenset.__iter__),
    ("builtins", "bytes"): _write_bytes("bytes", bytes),
    ("builtins", "bytearray"): _write_bytes("bytearray", bytearray),
    ("builtins", "complex"): _write_complex,
    ("builtins", "range"): _write_range,
    ("decimal", "Decimal"): _write_decimal,
    ("fractions", "Fraction"): _write_fraction,
    ("datetime", "datetime"): _write_datetime,
    ("datetime", "date"): _write_iso("date"),
    ("datetime", "time"): _write_iso("time"),
    ("datetime", "timedelta"): _write_timedelta,
    ("uuid", "UUID"): _write_as_text("UUID", "uuid"),
    ("pathlib", "PurePath"): _write_as_text("Path", "pathlib"),
}


def _list_fields(kind: type, value: Any) -> Iterable[tuple[str, Any]]:
    """List what an object of a Python class holds, by name; nothing for all others."""
    if issubclass(kind, BaseException):
        return [("args", BaseException.__getattribute__(value, "args"))]
    if not kind.__flags__ & _IS_HEAP_TYPE or issubclass(kind, type):
        return []
    names = [(base.__module__, base.__qualname__) for base in kind.__mro__]
    if ("enum", "Enum") in names:
        return [("name", value.name), ("value", value.value)]
    try:
        held = dict(object.__getattribute__(value, "__dict__"))
    except (AttributeError, TypeError):
        held = {}
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                held[name] = getattr(value, name)
    return [(str(name), inner) for name, inner in held.items()]


def _has_plain_repr(kind: type) -> bool:
    """Return whether `repr` of such objects shows only where they are in memory."""
    plain: Any = object.__repr__
    return kind.__repr__ is plain


def _show(value: Any) -> str:
    try:
        return str(repr(value))[:_MAX_REPR]
    except BaseException as error:  # noqa: BLE001 - whatever it raises, it is only not shown
        return f"(its __repr__ raised {type(error).__name__})"

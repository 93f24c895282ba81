"""Writes values as the learner's language writes them, and as the JSON that evidence keeps.

Both are for people: whatever is too long ends in dots, and no value takes long to write.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from milepost.engine.checks.values import BigInt, Instance, Language, Map, Undefined

_LINE_CHARACTERS = 88
_MOST_VALUES = 4000  # of which 16 KiB, the size of a field, can't hold more
_MOST_CHARACTERS = 16 * 1024
_MOST_LEVELS = 150
_DOTS = "…"
_UNSEEN = re.compile(r"[^ -~]")


def write_value(value: Any, language: Language, *, on_one_line: bool = False) -> str:
    """Write a value as source text of a language: on one line, or laid out where that is long."""
    kind = _WRITERS.get(language, _Python)
    return kind(math.inf if on_one_line else _LINE_CHARACTERS).write(value)


def as_json(value: Any) -> Any:
    """Turn a value into JSON that looks like it: a tuple becomes a list, an int key a text.

    What JSON has nothing like is described as `{"$not_json": type, "repr": …}`.
    """
    return _Json().turn(value, 0)


class _Python:
    """Writes Python; what another language writes differently is a method of its own."""

    words: Mapping[Any, str] = {None: "None", True: "True", False: "False"}
    writers: Mapping[type, str] = {
        list: "write_list",
        tuple: "write_tuple",
        dict: "write_dict",
        set: "write_set",
        frozenset: "write_frozenset",
        Map: "write_map",
        Instance: "write_instance",
        float: "write_float",
        BigInt: "write_bigint",
        int: "write_int",
        str: "write_text",
        bytes: "write_bytes",
    }

    def __init__(self, line_characters: float) -> None:
        self._line = line_characters
        self._left = _MOST_VALUES

    def write(self, value: Any, level: int = 0) -> str:
        """Write a value that stands so many levels deep in another."""
        self._left -= 1
        if self._left < 0 or level > _MOST_LEVELS:
            return _DOTS
        if value is None or isinstance(value, bool):
            return self.words[value]
        if isinstance(value, str | bytes) and len(value) > _MOST_CHARACTERS:
            return self.write(value[:_MOST_CHARACTERS], level) + _DOTS
        for base in type(value).__mro__:
            if base in self.writers:
                written: str = getattr(self, self.writers[base])(value, level)
                return written
        return self.write_other(value)

    def write_list(self, value: list[Any], level: int) -> str:
        return self._lay_out("[", self._each(value, level), "]")

    def write_tuple(self, value: tuple[Any, ...], level: int) -> str:
        return self._lay_out("(", self._each(value, level), ",)" if len(value) == 1 else ")")

    def write_dict(self, value: dict[Any, Any], level: int) -> str:
        return self._lay_out("{", self._pairs(value.items(), level), "}")

    def write_set(self, value: set[Any], level: int) -> str:
        return self._lay_out("{", self._members(value, level), "}") if value else "set()"

    def write_frozenset(self, value: frozenset[Any], level: int) -> str:
        return self._lay_out("frozenset({", self._members(value, level), "})")

    def write_map(self, value: Map, level: int) -> str:
        return self._lay_out("Map({", self._pairs(value.entries, level), "})")

    def write_instance(self, value: Instance, level: int) -> str:
        if value.shown and not value.fields:
            return value.shown
        fields = value.fields.items()
        parts = [f"{name}={self.write(inner, level + 1)}" for name, inner in fields]
        return self._lay_out(f"{value.type}(", parts, ")")

    def write_float(self, value: float, _level: int) -> str:
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"

    def write_bigint(self, value: int, _level: int) -> str:
        return f"BigInt({write_whole(value)})"

    def write_int(self, value: int, _level: int) -> str:
        return write_whole(value)

    def write_text(self, value: str, _level: int) -> str:
        return str.__repr__(value)

    def write_bytes(self, value: bytes, _level: int) -> str:
        return bytes.__repr__(value)

    def write_other(self, value: Any) -> str:
        """Write a value of a rarer class, or one of the check's own."""
        try:
            return repr(value)
        except Exception:  # noqa: BLE001 - whatever a check compares
            return f"(a {type(value).__name__} that cannot be shown)"

    def _each(self, values: Iterable[Any], level: int) -> list[str]:
        return [self.write(inner, level + 1) for inner in islice(values, max(self._left, 0) + 1)]

    def _members(self, values: Iterable[Any], level: int) -> list[str]:
        # A set has no order, so that one of ours makes two sides comparable.
        return sorted(self._each(values, level), key=lambda text: (len(text), text))

    def _pairs(self, pairs: Iterable[tuple[Any, Any]], level: int) -> list[str]:
        return [
            f"{self.write(key, level + 1)}: {self.write(inner, level + 1)}"
            for key, inner in islice(pairs, max(self._left, 0) + 1)
        ]

    def _lay_out(self, begin: str, parts: list[str], end: str) -> str:
        """Join parts on one line where they fit, else on a line each."""
        if sum(map(len, parts)) + 2 * len(parts) <= self._line and "\n" not in "".join(parts):
            return f"{begin}{', '.join(parts)}{end}"
        inside = ",\n".join(parts).replace("\n", "\n  ")
        return f"{begin}\n  {inside},\n{end.removeprefix(',')}"


class _JavaScript(_Python):
    """Writes JavaScript."""

    words: Mapping[Any, str] = {None: "null", True: "true", False: "false"}
    writers: Mapping[type, str] = {
        **_Python.writers,
        Undefined: "write_undefined",
        datetime: "write_date",
    }

    def write_dict(self, value: dict[Any, Any], level: int) -> str:
        return self._braces(value, level)

    def write_set(self, value: set[Any], level: int) -> str:
        return self._lay_out("new Set([", self._members(value, level), "])")

    def write_map(self, value: Map, level: int) -> str:
        entries = [[key, inner] for key, inner in value.entries[:_MOST_VALUES]]
        return self._lay_out("new Map([", self._each(entries, level), "])")

    def write_instance(self, value: Instance, level: int) -> str:
        if value.shown and not value.fields:
            return value.shown
        return f"{value.type} {self._braces(value.fields, level)}"

    def write_float(self, value: float, _level: int) -> str:
        return _write_number(value)

    def write_bigint(self, value: int, _level: int) -> str:
        return f"{write_whole(value)}n"

    def write_text(self, value: str, _level: int) -> str:
        return _quote(value)

    def write_bytes(self, value: bytes, _level: int) -> str:
        return f'Buffer.from("{value.hex()}", "hex")'

    def write_date(self, value: datetime, _level: int) -> str:
        return f'new Date("{value.isoformat()}")'

    def write_undefined(self, _value: Undefined, _level: int) -> str:
        return "undefined"

    def _braces(self, fields: dict[Any, Any], level: int) -> str:
        parts = [
            f"{_write_name(str(name))}: {self.write(inner, level + 1)}"
            for name, inner in islice(fields.items(), max(self._left, 0) + 1)
        ]
        text = self._lay_out("{", parts, "}")
        return text if "\n" in text or not parts else f"{{ {text[1:-1]} }}"


class _Go(_Python):
    """Writes Go, without the types that a literal would have."""

    words: Mapping[Any, str] = {None: "nil", True: "true", False: "false"}
    writers: Mapping[type, str] = {**_Python.writers, datetime: "write_time"}

    def write_tuple(self, value: tuple[Any, ...], level: int) -> str:
        return self._lay_out("(", self._each(value, level), ")")

    def write_instance(self, value: Instance, level: int) -> str:
        if value.shown and not value.fields:
            return value.shown
        fields = value.fields.items()
        parts = [f"{name}: {self.write(inner, level + 1)}" for name, inner in fields]
        return self._lay_out(f"{value.type}{{", parts, "}")

    def write_float(self, value: float, _level: int) -> str:
        if math.isfinite(value):
            return repr(value)
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]

    def write_text(self, value: str, _level: int) -> str:
        return _quote(value)

    def write_bytes(self, value: bytes, _level: int) -> str:
        return f"[]byte({_quote(repr(value)[2:-1])})"

    def write_time(self, value: datetime, _level: int) -> str:
        return value.isoformat()


_WRITERS = {Language.NODE: _JavaScript, Language.GO: _Go}


def _write_name(name: str) -> str:
    return name if name.isidentifier() else _quote(name)


def _quote(text: str) -> str:
    """Write a text with what cannot be seen escaped, as Python's `repr` does."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else _UNSEEN.sub(_escape, quoted)


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]


def write_whole(value: int) -> str:
    """Write a whole number; where it has more digits than Python writes, say how many."""
    try:
        return int.__repr__(int(value))
    except ValueError:
        digits = int(int(value).bit_length() * math.log10(2)) + 1
        return f"({'-' if value < 0 else ''}a number of about {digits:,} digits)"


def _write_number(value: float) -> str:
    if not math.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    if value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - where JavaScript changes too
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return repr(value)


class _Json:
    """Turns values into JSON, as much of them as a field of evidence holds."""

    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def turn(self, value: Any, level: int) -> Any:
        self._left -= 1
        if self._left < 0 or level > _MOST_LEVELS:
            return _DOTS
        if value is None or isinstance(value, bool):
            return value
        for kind, turn in _TURNS:
            if isinstance(value, kind):
                return turn(self, value, level)
        return _describe(value)

    def turn_each(self, values: Iterable[Any], level: int) -> list[Any]:
        return [self.turn(inner, level + 1) for inner in islice(values, max(self._left, 0) + 1)]

    def turn_dict(self, value: dict[Any, Any], level: int) -> Any:
        return {
            key if isinstance(key, str) else _Python(math.inf).write(key): self.turn(
                inner, level + 1
            )
            for key, inner in islice(value.items(), max(self._left, 0) + 1)
        }


def _turn_number(_json: _Json, value: Any, _level: int) -> Any:
    is_plain = not isinstance(value, float) or math.isfinite(value)
    is_short = isinstance(value, float) or abs(value) < 10**300
    return value if is_plain and is_short and not isinstance(value, BigInt) else _describe(value)


_TURNS: tuple[tuple[Any, Callable[[_Json, Any, int], Any]], ...] = (
    (str, lambda _, value, __: value),
    ((int, float), _turn_number),
    ((list, tuple, set, frozenset), _Json.turn_each),
    (dict, _Json.turn_dict),
)


def _describe(value: Any) -> dict[str, str]:
    name = value.type if isinstance(value, Instance) else type(value).__name__
    return {"$not_json": name, "repr": _Python(math.inf).write(value)[:400]}

"""Reads what `encoding` wrote: each tagged object becomes the value that it stands for.

Nothing that is read can run code, and nothing small becomes large. The modules of rarer types are
imported when a value of them comes, never ahead: each guest would pay for them.
"""

from __future__ import annotations

from milepost.engine.agent.encoding import (
    MAX_DECIMAL_DIGITS,
    MAX_FRACTION_BITS,
    MAX_INT_BITS,
    MAX_VALUES,
)

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Readers = dict[str, Callable[[Any], Any]]

_WRITTEN = frozenset({list, str, int, float, bool, type(None)})  # what JSON itself gives
_CROWD = 64  # members of a set with one hash, which no honest set has


def read_crowd(members: list[Any]) -> list[Any]:
    """Refuse members that all fall on one hash, which would keep a set busy for hours."""
    if len(members) > _CROWD:
        counts: dict[int, int] = {}
        for number in map(hash, members):
            counts[number] = counts.get(number, 0) + 1
        if max(counts.values()) > _CROWD:
            raise ValueError("a set of members that share one hash")
    return members


def read_pairs(parts: list[Any]) -> dict[Any, Any]:
    """Read a dict from its keys and values in turn."""
    return dict(zip(read_crowd(parts[::2]), parts[1::2], strict=True))


def _read_int(text: str) -> int:
    if len(text) > MAX_INT_BITS // 4 + 2:
        raise ValueError("a number of too many digits")
    return int(text, 16)


def _read_range(parts: list[int]) -> range:
    made = range(*parts)
    if len(made) > MAX_VALUES:
        raise ValueError("a range of too many numbers")
    return made


def _read_decimal(text: str) -> Any:
    from decimal import Decimal

    made = Decimal(text) if len(text) < 2 * MAX_DECIMAL_DIGITS else Decimal("Infinity")
    exponent = made.as_tuple().exponent
    if made.is_snan() or (isinstance(exponent, int) and abs(exponent) > MAX_DECIMAL_DIGITS):
        raise ValueError("a decimal of too many digits")
    return made


def _read_fraction(parts: list[int]) -> Any:
    from fractions import Fraction

    if max(map(int.bit_length, parts)) > MAX_FRACTION_BITS:
        raise ValueError("a fraction of too many digits")
    return Fraction(*parts)


def _read_datetime(parts: list[Any]) -> Any:
    from datetime import datetime

    text, zone, fold = parts
    moment = datetime.fromisoformat(text).replace(fold=fold)
    if zone is None:
        return moment
    from zoneinfo import ZoneInfo

    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, LookupError, OSError):  # a zone that is unknown here keeps its offset
        return moment


def _read_of(name: str, *, way: str = "") -> Callable[[Any], Any]:
    """Make a reader for a class that is imported only when a value of it comes."""
    module, _, kind = name.rpartition(".")

    def read(body: Any) -> Any:
        made = getattr(__import__(module), kind)
        if way:
            return getattr(made, way)(body)
        return made(*body) if isinstance(body, list) else made(body)

    return read


READERS: Readers = {
    "tuple": tuple,
    "set": lambda members: set(read_crowd(members)),
    "frozenset": lambda members: frozenset(read_crowd(members)),
    "dict": read_pairs,
    "int": _read_int,
    "float": float,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda parts: complex(*parts),
    "range": _read_range,
    "Decimal": _read_decimal,
    "Fraction": _read_fraction,
    "datetime": _read_datetime,
    "date": _read_of("datetime.date", way="fromisoformat"),
    "time": _read_of("datetime.time", way="fromisoformat"),
    "timedelta": _read_of("datetime.timedelta"),
    "UUID": _read_of("uuid.UUID"),
    "Path": _read_of("pathlib.Path"),
}


def read_with(readers: Readers) -> Callable[[dict[str, Any]], Any]:
    """Make the function that turns a tagged object into its value, and leaves others alone."""

    def read(body: dict[str, Any]) -> Any:
        if len(body) != 1:
            return body
        ((tag, inner),) = body.items()
        reader = readers.get(tag)
        if reader is None:
            return body
        # A value that another tag has made, such as a range, would be written out whole here.
        if type(inner) not in _WRITTEN:
            raise ValueError(f"a {tag} of another value")
        return reader(inner)

    return read

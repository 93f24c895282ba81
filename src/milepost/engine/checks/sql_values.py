"""Values of PostgreSQL as checks have them, and how psql would show them.

Whatever a database can hold has a value here that can be compared, sorted and hashed: what Python's
calendars can't hold is a text that knows its place among dates. Nothing here needs a driver.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_EXPONENT_FROM = 1e15  # where PostgreSQL begins to write numbers with an exponent
_DATE = re.compile(r"(\d+)-(\d\d)-(\d\d)")
_NEEDS_QUOTES = re.compile(r'[{}",\\\s]|\A\Z|\Anull\Z', re.IGNORECASE)
_RECORD_NEEDS_QUOTES = re.compile(r'[()",\\\s]|\A\Z')


class SqlArray(list[Any]):
    """An array. It can be hashed, so that rows can be members of a set."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash what it holds."""
        return hash(tuple(self))


class JsonArray(list[Any]):
    """An array of a JSON document, which can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash what it holds."""
        return hash(tuple(self))


class JsonObject(dict[str, Any]):
    """An object of a JSON document, which can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash what it holds."""
        return hash(frozenset(self.items()))


class Interval(timedelta):
    """A span of time that knows how PostgreSQL writes it: a month is no 30 days there."""

    shown: str

    @classmethod
    def of(cls, span: timedelta, shown: str) -> "Interval":
        """Take over a span."""
        interval = cls(span.days, span.seconds, span.microseconds)
        interval.shown = shown
        return interval


class BeyondCalendar(str):
    """A day or time that Python can't hold: infinity, before Christ, from the year 10000, 24:00.

    It is the text that PostgreSQL writes, and comes before or after all days and times that Python
    knows.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    @property
    def year(self) -> float:
        """The year, negative before Christ, endless for an infinity."""
        found = _DATE.match(self)
        years = float(found[1]) if found else math.inf
        return -years if self._is_early else years

    @property
    def month(self) -> int:
        """The month, 0 where there is none."""
        found = _DATE.match(self)
        return int(found[2]) if found else 0

    @property
    def day(self) -> int:
        """The day of the month, 0 where there is none."""
        found = _DATE.match(self)
        return int(found[3]) if found else 0

    @property
    def _is_early(self) -> bool:
        return self.startswith("-") or self.endswith(" BC")

    def _compare(self, other: object) -> float | None:
        """Return a number below 0 where this comes first; None where there is no order."""
        if isinstance(other, BeyondCalendar):
            mine, theirs = self.year, other.year
            return (mine > theirs) - (mine < theirs) or (str(self) > other) - (str(self) < other)
        if isinstance(other, date | time | timedelta):
            return -1 if self._is_early else 1
        return None

    def __lt__(self, other: object) -> bool:
        """Whether it comes before another."""
        order = self._compare(other)
        return order < 0 if order is not None else NotImplemented

    def __le__(self, other: object) -> bool:
        """Whether it comes before another, or is the same."""
        order = self._compare(other)
        return order <= 0 if order is not None else NotImplemented

    def __gt__(self, other: object) -> bool:
        """Whether it comes after another."""
        order = self._compare(other)
        return order > 0 if order is not None else NotImplemented

    def __ge__(self, other: object) -> bool:
        """Whether it comes after another, or is the same."""
        order = self._compare(other)
        return order >= 0 if order is not None else NotImplemented


def sort_key(value: Any) -> tuple[int, str, Any]:
    """Give a value a place among all others: NULL first, NaN last of its kind."""
    kind = type(value).__name__
    key: tuple[int, str, Any] = (1, kind, str(value))
    match value:
        case None:
            key = (0, "", 0)
        case list() | tuple():
            key = (1, kind, tuple(map(sort_key, value)))
        case dict():
            key = (1, kind, sorted((str(name), sort_key(one)) for name, one in value.items()))
        case float() | Decimal() if value != value:  # noqa: PLR0124 - only NaN
            key = (2, kind, 0)
        case datetime() | time():
            key = (1, f"{kind} {value.tzinfo is None}", value)
        case int() | float() | Decimal() | str() | bytes() | date() | timedelta():
            key = (1, kind, value)
    return key


# How psql shows them


def show_sql(value: Any) -> str:
    """Write a value as psql would."""
    if value is None:
        return "NULL"
    if type(value).__name__ == "Range":  # of the driver, which most labs do without
        return _show_range(value)
    shown = next((show for kind, show in _SHOWN.items() if isinstance(value, kind)), str)
    return shown(value)


def _show_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value).removesuffix(".0")
    if abs(value) < _EXPONENT_FROM or "e" in text:
        return text
    digits = text.lstrip("-").replace(".", "")
    mantissa = digits.rstrip("0")
    point = f".{mantissa[1:]}" if mantissa[1:] else ""
    sign = "-" if value < 0 else ""
    return f"{sign}{mantissa[0]}{point}e+{len(text.lstrip('-').partition('.')[0]) - 1}"


def _show_time(value: datetime | time) -> str:
    text = str(value)
    if value.microsecond:
        text = re.sub(r"(\.\d*?)0+(?=\D|\Z)", r"\1", text)
    return re.sub(r"([+-]\d\d):00\Z", r"\1", text) if value.tzinfo is not None else text


def _show_span(span: timedelta) -> str:
    sign = "-" if span.days < 0 else ""
    span = abs(span)
    days = f"{sign}{span.days} day{'' if span.days == 1 and not sign else 's'}" if span.days else ""
    hours, seconds = divmod(span.seconds, 3600)
    part = f".{span.microseconds:06}".rstrip("0") if span.microseconds else ""
    clock = f"{sign}{hours:02}:{seconds // 60:02}:{seconds % 60:02}{part}"
    has_clock = span.seconds or span.microseconds or not days
    return f"{days} {clock}".strip() if has_clock else days


def _show_members(values: list[Any]) -> Iterator[str]:
    for value in values:
        text = show_sql(value)
        is_plain = value is None or isinstance(value, list) or not _NEEDS_QUOTES.search(text)
        yield text if is_plain else _quote(text)


def _show_fields(values: tuple[Any, ...]) -> Iterator[str]:
    for value in values:
        text = "" if value is None else show_sql(value)
        is_plain = value is None or not _RECORD_NEEDS_QUOTES.search(text)
        yield text if is_plain else '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _show_range(value: Any) -> str:
    if value.isempty:
        return "empty"
    low, high = (
        "" if end is None else (_quote(text) if re.search(r'[\s,"\\]', text) else text)
        for end, text in ((end, show_sql(end)) for end in (value.lower, value.upper))
    )
    return f"{value.bounds[0]}{low},{high}{value.bounds[1]}"


def _show_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


_SHOWN: dict[type, Callable[[Any], str]] = {  # the first that fits
    bool: lambda value: "t" if value else "f",
    float: _show_float,
    Decimal: lambda value: format(value, "f"),
    Interval: lambda value: value.shown,
    timedelta: _show_span,
    datetime: _show_time,
    time: _show_time,
    bytes: lambda value: f"\\x{value.hex()}",
    dict: _show_json,
    JsonArray: _show_json,
    list: lambda value: "{" + ",".join(_show_members(value)) + "}",
    tuple: lambda value: "(" + ",".join(_show_fields(value)) + ")",
}

"""Has a connection load every value of PostgreSQL, also those that Python's calendars can't hold.

What the values are like is said in `sql_values`. Only labs with a database import this.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.types import datetime as psycopg_datetime
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader

from milepost.engine.checks.sql_values import (
    BeyondCalendar,
    Interval,
    JsonArray,
    JsonObject,
    SqlArray,
)

_MULTIRANGES = ("int4", "int8", "num", "date", "ts", "tstz")


def read_values_as_here(connection: psycopg.Connection[Any]) -> None:
    """Have a connection load its values as they are described here."""
    for name, loader in _LOADERS.items():
        connection.adapters.register_loader(name, loader)
    for name in _MULTIRANGES:
        connection.adapters.register_loader(f"{name}multirange", TextLoader)
    set_json_loads(lambda text: _settle_json(json.loads(text)), connection)


def settle(row: Sequence[Any]) -> tuple[Any, ...]:
    """Make the arrays of a row hashable."""
    return tuple(_settle(value) if type(value) is list else value for value in row)


def _settle(value: list[Any]) -> SqlArray:
    return SqlArray(_settle(each) if type(each) is list else each for each in value)


def _settle_json(value: Any) -> Any:
    if isinstance(value, list):
        return JsonArray(map(_settle_json, value))
    if isinstance(value, dict):
        return JsonObject((key, _settle_json(each)) for key, each in value.items())
    return value


class _CalendarLoader(Loader):
    """Loads what Python can hold, and the text of everything else."""

    loads: ClassVar[type[Loader]]

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        self._inner = self.loads(oid, context)

    def load(self, data: Buffer) -> Any:
        try:
            return self._inner.load(data)
        except (psycopg.DataError, ValueError, ArithmeticError, NotImplementedError):
            return BeyondCalendar(bytes(data).decode())


class _DateLoader(_CalendarLoader):
    loads = psycopg_datetime.DateLoader


class _TimeLoader(_CalendarLoader):
    loads = psycopg_datetime.TimeLoader


class _TimetzLoader(_CalendarLoader):
    loads = psycopg_datetime.TimetzLoader


class _TimestampLoader(_CalendarLoader):
    loads = psycopg_datetime.TimestampLoader


class _TimestamptzLoader(_CalendarLoader):
    loads = psycopg_datetime.TimestamptzLoader


class _IntervalLoader(_CalendarLoader):
    loads = psycopg_datetime.IntervalLoader

    def load(self, data: Buffer) -> Any:
        span = super().load(data)
        return Interval.of(span, bytes(data).decode()) if isinstance(span, timedelta) else span


_LOADERS: dict[str, type[Loader]] = {
    "date": _DateLoader,
    "time": _TimeLoader,
    "timetz": _TimetzLoader,
    "timestamp": _TimestampLoader,
    "timestamptz": _TimestamptzLoader,
    "interval": _IntervalLoader,
}

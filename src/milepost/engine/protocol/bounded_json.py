"""Reads JSON that may come from a learner: its nesting is bounded before it is parsed.

What was read can be written as JSON again: infinity, NaN and numbers beyond them are refused. Only
the host and check processes read with it, never a guest.
"""

import json
import re
from typing import Any

from milepost.engine.protocol.frames import MalformedFrame

MAX_DEPTH = 64
_STRING = re.compile(rb'"[^"]*"')
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_INFINITY = float("inf")


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object that may come from a learner, or raise MalformedFrame."""
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise MalformedFrame("a frame must be a JSON object")
    return value


def parse_json(raw: bytes) -> Any:
    """Parse any JSON that may come from a learner: bounded nesting, finite numbers only.

    Raises ValueError; what it returns can be written as JSON again.
    """
    require_bounded(raw, max_depth=MAX_DEPTH)
    try:
        return _read_json(raw.decode())
    except MalformedFrame:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedFrame(str(error)) from error


def require_bounded(raw: bytes, *, max_depth: int, max_values: int | None = None) -> None:
    """Refuse JSON that is nested too deeply, or of too many values, before it is parsed."""
    opened = raw.count(b"[") + raw.count(b"{")
    is_long = max_values is not None and opened + raw.count(b",") > max_values
    if opened <= max_depth and not is_long:
        return
    outside = _STRING.sub(b"", raw.replace(rb"\\", b"").replace(rb"\"", b""))
    brackets = outside.translate(_BRACKETS, _OTHERS)
    if max_values is not None and brackets.count(b"[") + outside.count(b",") > max_values:
        raise MalformedFrame(f"JSON of more than {max_values} values")
    for _ in range(max_depth):  # each round takes the innermost level away
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise MalformedFrame(f"JSON is nested deeper than {max_depth} levels")


def refuse_constant(name: str) -> Any:
    """Refuse NaN and its like, which Python's reader takes for numbers."""
    raise MalformedFrame(f"{name} is not JSON")


def read_number(text: str) -> float:
    """Read a number that has a value: 1e999 would become Infinity, which no frame can carry on."""
    value = float(text)
    if value in {_INFINITY, -_INFINITY}:
        raise MalformedFrame(f"the number {text[:20]} is too large")
    return value


_read_json = json.JSONDecoder(parse_constant=refuse_constant, parse_float=read_number).decode

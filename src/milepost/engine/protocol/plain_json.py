"""JSON by Python's own C reader and writer, without the package around them.

`import json` brings `re` and `enum` along, which costs a guest as much as its interpreter's start.
Nothing is bounded here: what comes from learner code is read by `bounded_json`.
"""

from __future__ import annotations

from _json import encode_basestring_ascii, make_encoder, make_scanner

TYPE_CHECKING = False  # as in `typing`, whose import costs half of that again
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

write_text = encode_basestring_ascii


class Reader:
    """Reads JSON; `object_hook` makes something else of each object."""

    strict = True
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float

    def __init__(self, object_hook: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self.object_hook = object_hook
        self._scan = make_scanner(self)  # type: ignore[arg-type]  # any object with these attributes

    def read(self, raw: bytes) -> Any:
        """Read one value, with nothing before or after it."""
        text = raw.decode()
        try:
            value, end = self._scan(text, 0)
        except StopIteration:
            raise ValueError("no JSON") from None
        if end != len(text):
            raise ValueError("more than one value")
        return value


def write(value: object) -> str:
    """Write JSON as `json.dumps` does, without spaces."""
    return "".join(_write(value, 0))


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is no JSON")


_write = make_encoder(None, _refuse, encode_basestring_ascii, None, ":", ",", False, False, True)
read = Reader().read

"""Evidence: what a check did and what came back, kept small, clean and readable.

Text that a learner's code printed passes through `clean` before it leaves a check process: no
terminal codes, no invalid text, no field of unbounded size. A JSON value keeps its every
character, since whoever shows it escapes it: an input must read as it was sent.
"""

import json
import math
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

from milepost.engine.guest.wire import MAX_JSON_BYTES
from milepost.engine.results import Evidence
from milepost.engine.serialize import to_json

MAX_FIELD_CHARACTERS = 16 * 1024
_MAX_PIECES = 200
_MAX_DEPTH = 50  # of a value; around it come the levels of a result, within those of a frame
_HEAD_LINES = 5
_HEAD_CHARACTERS = 400
_TERMINAL_CODES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # device strings
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all other controls; tab and newline stay
    r"|[\u202a-\u202e\u2066-\u2069]"  # overrides of the writing direction
)
_CARRIAGE_RETURN = "␍"
_NUL = "␀"  # what a database's JSON can't hold
_VALUE = "value"  # the one field whose text is a JSON value and not words
_CUT = "\n… cut here: {} more characters"


@runtime_checkable
class Described(Protocol):
    """A value of ours that knows better than JSON how a learner would read it."""

    def describe(self) -> str:
        """Write it down."""


class Recorder:
    """Collects the evidence of one check."""

    def __init__(self, started_at: float) -> None:
        self.started_at = started_at
        self._bytes_left = MAX_JSON_BYTES // 2  # all of a check's result must fit into one frame
        self.pieces: list[Evidence] = []

    def now(self) -> float:
        """Answer the seconds since the start of the run."""
        return time.monotonic() - self.started_at

    def record(
        self,
        kind: str,
        title: str,
        *,
        since: float,
        request: Mapping[str, Any],
        response: Mapping[str, Any],
        repeat: str | None = None,
        until: float | None = None,
    ) -> None:
        """Add a piece that began at `since`, a `time.monotonic`, and ended now or `until`."""
        shortened = [shorten(request), shorten(response)]
        piece = Evidence(
            kind=kind,
            title=clean(title)[:200],
            at_seconds=round(since - self.started_at, 4),
            duration_seconds=round((until or time.monotonic()) - since, 4),
            request=shortened[0][0],
            response=shortened[1][0],
            repeat=repeat,
            truncated=any(cut for _, cut in shortened),
        )
        self._bytes_left -= len(json.dumps(to_json(piece)))
        if len(self.pieces) < _MAX_PIECES and self._bytes_left > 0:
            self.pieces.append(piece)

    def list_in_order(self) -> tuple[Evidence, ...]:
        """List the pieces as they began: what was sent earlier may have been answered later."""
        return tuple(sorted(self.pieces, key=lambda piece: piece.at_seconds))


_current: ContextVar[Recorder] = ContextVar("recorder")


def record_into(recorder: Recorder) -> None:
    """Make a recorder the one that `note` writes to."""
    _current.set(recorder)


def note(text: str, **values: Any) -> None:
    """Add a remark of the author to the evidence of the running check, with JSON values."""
    recorder = _current.get()
    recorder.record("note", text, since=time.monotonic(), request=values, response={})


def clean(text: str | bytes) -> str:
    """Make text safe to show anywhere: valid, no terminal codes, carriage returns visible."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    return _TERMINAL_CODES.sub("", text.replace("\r", _CARRIAGE_RETURN))


def cap(text: str) -> tuple[str, bool]:
    """Cut text to the size of one field; also say whether anything was cut."""
    beyond = len(text) - MAX_FIELD_CHARACTERS
    return (text, False) if beyond <= 0 else (text[:-beyond] + _CUT.format(beyond), True)


def show_value(value: Any) -> str:
    """Write a value as a learner would read it: JSON where possible, else Python."""
    if isinstance(value, str):
        return cap(clean(value))[0]
    if isinstance(value, Described):
        return cap(clean(value.describe()))[0]
    try:
        return cap(clean(json.dumps(value, indent=1, ensure_ascii=False)))[0]
    except (TypeError, ValueError, RecursionError):
        return cap(clean(_describe(value)))[0]


def shorten(fields: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Clean and cap every field; a value that stays too long as JSON becomes cut text."""
    kept: dict[str, Any] = {}
    any_cut = False
    for name, value in fields.items():
        if isinstance(value, bytes) or (isinstance(value, str) and name != _VALUE):
            kept[name], cut = cap(clean(value))
        else:
            kept[name], cut = _shorten_value(value)
        any_cut = any_cut or cut
    return kept, any_cut


def describe_file(content: bytes) -> dict[str, Any]:
    """Describe an input file by its size and its first lines; whole files would drown a reader."""
    head = "\n".join(clean(content[:4096]).splitlines()[:_HEAD_LINES])[:_HEAD_CHARACTERS]
    return {"bytes": len(content), "lines": content.count(b"\n"), "head": head}


def _shorten_value(value: Any) -> tuple[Any, bool]:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return cap(clean(_describe(value)))
    if len(text) > MAX_FIELD_CHARACTERS:
        return cap(clean(text))
    return _keep_value(value), False


def _keep_value(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8").replace("\x00", _NUL)
    if depth >= _MAX_DEPTH and isinstance(value, list | tuple | dict):
        return "… nested deeper than can be shown"
    if isinstance(value, list | tuple):
        return [_keep_value(inner, depth + 1) for inner in value]
    if isinstance(value, dict):
        return {
            _keep_value(str(key)): _keep_value(inner, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # no JSON, so no frame and no database could hold it
    return value


def _describe(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - too deep, too long a number: no fault of whoever compares it
        return f"(a {type(value).__name__} that cannot be shown)"

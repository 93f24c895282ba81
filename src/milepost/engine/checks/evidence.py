"""Evidence: what a check did and what came back, kept small, clean and readable.

Text that a learner's code printed passes through `clean` before it leaves a check process: no
terminal codes, no invalid text, no field of unbounded size. A JSON value keeps its every
character, since whoever shows it escapes it: an input must read as it was sent.
"""

import json
import math
import re
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, runtime_checkable

from milepost.engine.evidence.contract import Evidence
from milepost.engine.evidence.program import InputHead
from milepost.engine.evidence.remarks import Note
from milepost.engine.protocol.frames import MAX_JSON_BYTES
from milepost.engine.serialize import to_json

Part = TypeVar("Part")
MAX_FIELD_CHARACTERS = 16 * 1024
_TITLE_CHARACTERS = 200
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
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_CUT = "\n… cut here: {} more characters"


@runtime_checkable
class Described(Protocol):
    """A value of ours that knows better than JSON how a learner would read it."""

    def describe(self) -> str:
        """Return the value as a learner would read it."""


class Recorder:
    """Collects the evidence of one check."""

    def __init__(self, started_at: float) -> None:
        self.started_at = started_at
        self._bytes_left = MAX_JSON_BYTES // 2  # all of a check's result must fit into one frame
        self.pieces: list[Evidence] = []

    def now(self) -> float:
        """Return the seconds since the start of the run."""
        return time.monotonic() - self.started_at

    def record(self, piece: Evidence, *, since: float, until: float | None = None) -> None:
        """Add a piece that began at `since`, a `time.monotonic`, and ended now or `until`.

        Its fields are cleaned and cut here, so they may hold whatever learner code sent.
        """
        request, is_request_cut = shorten(piece.request)
        response, is_response_cut = shorten(piece.response)
        kept = replace(
            piece,
            title=clean(piece.title)[:_TITLE_CHARACTERS],
            at_seconds=round(since - self.started_at, 4),
            duration_seconds=round((until or time.monotonic()) - since, 4),
            request=request,
            response=response,
            truncated=is_request_cut or is_response_cut,
        )
        self._bytes_left -= len(json.dumps(to_json(kept)))
        if len(self.pieces) < _MAX_PIECES and self._bytes_left > 0:
            self.pieces.append(kept)

    def note(
        self, title: str, values: Mapping[str, Any] = _NO_VALUES, *, since: float | None = None
    ) -> None:
        """Add a remark, with JSON values; it lasted from `since`, or no time."""
        note = Note(title=title, request=values)
        self.record(note, since=time.monotonic() if since is None else since)

    def list_in_order(self) -> tuple[Evidence, ...]:
        """List the pieces as they began: what was sent earlier may have been answered later."""
        return tuple(sorted(self.pieces, key=lambda piece: piece.at_seconds))


_current: ContextVar[Recorder] = ContextVar("recorder")


def record_into(recorder: Recorder) -> None:
    """Have `note` write to this recorder from now on."""
    _current.set(recorder)


def note(text: str, **values: Any) -> None:
    """Add a remark of the author to the evidence of the running check, with JSON values."""
    _current.get().note(text, values)


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


def shorten(part: Part) -> tuple[Part, bool]:
    """Clean and cap every field of a record or of a mapping; also say whether any was cut.

    A value that stays too long as JSON becomes the beginning of that JSON, as text.
    """
    kept: dict[str, Any] = {}
    any_cut = False
    for name, value in _list_fields(part):
        if isinstance(value, bytes) or (isinstance(value, str) and name != _VALUE):
            kept[name], cut = cap(clean(value))
        else:
            kept[name], cut = _shorten_value(value)
        any_cut = any_cut or cut
    shortened: Any = replace(part, **kept) if is_dataclass(part) else kept  # type: ignore[type-var]
    return shortened, any_cut


def describe_input(content: bytes) -> InputHead:
    """Describe an input file by its size and its first lines; whole files would drown a reader."""
    head = "\n".join(clean(content[:4096]).splitlines()[:_HEAD_LINES])[:_HEAD_CHARACTERS]
    return InputHead(bytes=len(content), lines=content.count(b"\n"), head=head)


def to_text(content: bytes) -> str:
    """Read bytes as the text that evidence shows of them."""
    return content.decode(errors="replace")


def _list_fields(part: Any) -> Iterable[tuple[str, Any]]:
    if is_dataclass(part):
        return [(field.name, getattr(part, field.name)) for field in fields(part)]
    return [*part.items()]


def _shorten_value(value: Any) -> tuple[Any, bool]:
    if value is None:
        return None, False
    try:
        text = json.dumps(to_json(value), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return cap(clean(_describe(value)))
    if len(text) > MAX_FIELD_CHARACTERS:
        return cap(clean(text))
    return _keep_value(value), False


def _keep_value(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8").replace("\x00", _NUL)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # neither JSON nor a database has it
    is_record = is_dataclass(value) and not isinstance(value, type)
    if not is_record and not isinstance(value, list | tuple | dict):
        return value
    if depth >= _MAX_DEPTH:
        return "… nested deeper than can be shown"
    if isinstance(value, list | tuple):
        items = [_keep_value(inner, depth + 1) for inner in value]
        return tuple(items) if isinstance(value, tuple) else items
    kept = {
        _keep_value(str(name)): _keep_value(inner, depth + 1) for name, inner in _list_fields(value)
    }
    return replace(value, **kept) if is_record else kept


def _describe(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - too deep, too long a number: no fault of whoever compares it
        return f"(a {type(value).__name__} that cannot be shown)"

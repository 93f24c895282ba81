"""Excerpts: as much of a check's evidence as one reads, and how much more of it is stored.

What is stored is capped where it is recorded; this is only about how much a page shows at first.
Invariant: an excerpt that leaves anything out says so, and nothing that fits is touched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from milepost.engine import CheckResult
from milepost.engine.serialize import to_json

Part = TypeVar("Part")
MOST_MOMENTS = 40
MOST_CHARACTERS = 2000
MOST_ITEMS = 30
MOST_LINES = 80


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A check as it is shown at first, and what to know of the rest."""

    check: CheckResult
    moments: int  # stored in all
    bytes: int  # stored in all
    is_cut: bool


def take_excerpt(check: CheckResult) -> Excerpt:
    """Return a check with its last moments, each with the beginning of what is long."""
    evidence = tuple(piece.excerpt(_CUTTER) for piece in check.evidence[-MOST_MOMENTS:])
    is_cut = evidence != check.evidence
    return Excerpt(
        check=replace(check, evidence=evidence) if is_cut else check,
        moments=len(check.evidence),
        bytes=len(json.dumps(to_json(check.evidence), ensure_ascii=False)) if is_cut else 0,
        is_cut=is_cut,
    )


class _Cutter:
    """Cuts what is long, at the lengths of a page."""

    def cut_fields(self, part: Part) -> Part:
        """Return a record or a mapping whose every field is cut."""
        if not is_dataclass(part):
            cut: Any = _cut(part)
            return cast("Part", cut)
        fields_cut = {each.name: _cut(getattr(part, each.name)) for each in fields(part)}
        return cast("Part", replace(cast("Any", part), **fields_cut))

    def cut_items(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the first items, each cut, without a word on how many are left out."""
        return tuple(_cut(item) for item in items[:MOST_ITEMS])

    def cut_lines(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Return the last lines, where the reason of a failure stands."""
        return lines[-MOST_LINES:]

    def cut_body(self, body: str) -> str:
        """Return the beginning of a body, laid out first if it is JSON."""
        return _cut_text(_lay_out(body)) if len(body) > MOST_CHARACTERS else body


_CUTTER = _Cutter()


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return _cut_text(value)
    if isinstance(value, list | tuple):
        more = [f"… {len(value) - MOST_ITEMS:,} more"] if len(value) > MOST_ITEMS else []
        items = [_cut(item) for item in value[:MOST_ITEMS]] + more
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, Mapping):
        return {name: _cut(inner) for name, inner in value.items()}
    return _CUTTER.cut_fields(value) if is_dataclass(value) else value


def _cut_text(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}\n… {len(text) - MOST_CHARACTERS:,} more characters"


def _lay_out(body: str) -> str:
    """Lay JSON out before it is cut, since half of it can't be laid out afterwards."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body

"""Excerpts: as much of a check's evidence as one reads, and how much more of it is stored.

What is stored is capped where it is recorded; this is only about how much a page shows at first.
Invariant: an excerpt that leaves anything out says so, and nothing that fits is touched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from milepost.engine import CheckResult, Evidence
from milepost.engine.serialize import to_json

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
    evidence = tuple(_cut_piece(piece) for piece in check.evidence[-MOST_MOMENTS:])
    is_cut = evidence != check.evidence
    return Excerpt(
        check=replace(check, evidence=evidence) if is_cut else check,
        moments=len(check.evidence),
        bytes=len(json.dumps(to_json(check.evidence), ensure_ascii=False)) if is_cut else 0,
        is_cut=is_cut,
    )


def _cut_piece(piece: Evidence) -> Evidence:
    if piece.kind == "plan":
        return piece  # a tree without some of its steps would be another plan
    return replace(piece, request=_cut_fields(piece.request), response=_cut_fields(piece.response))


def _cut_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    cut: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "rows" and isinstance(value, list) and len(value) > MOST_ITEMS:
            cut["rows"] = [_cut(row) for row in value[:MOST_ITEMS]]
            cut["row_count"] = fields.get("row_count") or len(value)  # a table counts its rows
        elif name == "lines" and isinstance(value, list):
            cut["lines"] = value[-MOST_LINES:]  # of a log, the reason stands at its end
        elif name == "body" and isinstance(value, str) and len(value) > MOST_CHARACTERS:
            cut["body"] = _cut(_lay_out(value))
        elif name not in cut:
            cut[name] = _cut(value)
    return cut


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return f"{value[:MOST_CHARACTERS]}\n… {len(value) - MOST_CHARACTERS:,} more characters"
    if isinstance(value, list):
        more = [f"… {len(value) - MOST_ITEMS:,} more"] if len(value) > MOST_ITEMS else []
        return [_cut(item) for item in value[:MOST_ITEMS]] + more
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return value


def _lay_out(body: str) -> str:
    """Lay JSON out before it is cut, since half of it can't be laid out afterwards."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body

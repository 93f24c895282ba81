"""Evidence as the real engine recorded it, with what a test wants to be different.

`tests/engine/test_recorded_evidence.py` holds the samples to the engine.
"""

from typing import Any

from milepost.engine import Evidence
from milepost.engine.evidence.contract import UnknownEvidence
from milepost.engine.evidence.registry import find_kind
from milepost.engine.evidence.stored import evidence_from_json


def recorded(kind: str, number: int = 0, **fields: Any) -> Evidence:
    """Return a recorded piece of a kind; `fields` are JSON, each in place of what was recorded."""
    found = find_kind(kind)
    assert found is not None, kind
    piece = evidence_from_json({**found.read_samples()[number], **fields})
    assert not isinstance(piece, UnknownEvidence), f"no engine would record this: {piece}"
    return piece

"""Evidence as it is stored and sent, read back into its kinds; JSON of every version so far.

It is written by `engine.serialize`. Invariant: nothing that was ever stored fails to open. What its
kind can't take in becomes UnknownEvidence, and is shown field by field.
"""

from collections.abc import Mapping
from typing import Any

from milepost.engine.evidence.contract import Actor, Evidence, UnknownEvidence
from milepost.engine.evidence.reading import Unfit, read_record
from milepost.engine.evidence.registry import find_kind


def evidence_from_json(document: Mapping[str, Any]) -> Evidence:
    """Read back one piece of evidence. Raises Unfit for what can be none."""
    known = _upgrade(document)
    kind = find_kind(str(known.get("kind")))
    if kind is not None:
        try:
            return read_record(kind.evidence, known)
        except Unfit:
            pass
    return read_record(UnknownEvidence, known)


def _upgrade(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring JSON of 0.1.0 to today's form: there, `by` within the request named the actor."""
    if "actor" in document:
        return document
    request = document.get("request")
    if not isinstance(request, Mapping) or "by" not in request:
        return document
    actor = Actor.LEARNER if request["by"] == "you" else Actor.CHECK
    rest = {name: value for name, value in request.items() if name != "by"}
    return {**document, "actor": actor.value, "request": rest}

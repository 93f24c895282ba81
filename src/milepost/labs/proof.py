"""Whether a lab is proven as it stands, by the record of its last verification.

How a record comes about lives in `verification`. A lab is proven by all gates or not at all.
"""

from milepost.labs.model import Lab

GATES = frozenset(range(1, 8))
PARTS = frozenset({"spoiled"})  # of a record; gates have grown by these since the first ones


def find_proof_problem(lab: Lab) -> str | None:
    """Say why a lab is not proven, and what to do; None where it is."""
    fix = f"Run `milepost labs verify {lab.slug}`, and keep the verified.json that it writes."
    if lab.record is None:
        return f"It has not been verified as it stands, so it is not published. {fix}"
    gates = _read_gates(lab.record.get("gates"))
    failed = sorted(gate for gate, passed in gates.items() if not passed)
    if failed:
        names = ", ".join(map(str, failed))
        return f"Its last verification did not pass gate {names}, so it is not published. {fix}"
    is_whole = gates.keys() == GATES and lab.record.keys() >= PARTS
    if not is_whole or lab.record.get("verified") is not True:
        return (
            f"It was last verified by fewer gates than are asked now, so it is not published. {fix}"
        )
    return None


def _read_gates(listed: object) -> dict[int, bool]:
    """Read which gates a record knows; one that was edited into nonsense knows none."""
    gates = listed if isinstance(listed, list) else []
    return {
        gate["gate"]: gate.get("passed") is True
        for gate in gates
        if isinstance(gate, dict) and isinstance(gate.get("gate"), int)
    }

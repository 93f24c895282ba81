"""The record of a verification: what was run, with which seeds and versions, and what it showed.

It lies beside the lab as `verified.json`, so that its page can show it. It names the content it
is about; a lab that changed since has a record of something else.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from milepost.engine import Usage
from milepost.labs.loading import RECORD_NAME
from milepost.labs.model import Lab
from milepost.labs.verification.gates import GateResult
from milepost.labs.verification.outcomes import RunOutcome
from milepost.labs.verification.plan import Kind, Plan


@dataclass(frozen=True, slots=True)
class Record:
    """What a verification found."""

    lab: str
    content_hash: str
    verified_at: datetime
    seconds: float
    seeds: tuple[int, ...]
    repeats: int
    engine_version: str
    isolation: str
    stacks: Mapping[str, str]  # stack -> the version that ran
    runs: Mapping[str, int]  # kind -> how many
    gates: tuple[GateResult, ...]
    caught_by: Mapping[str, tuple[str, ...]]  # check -> the flawed solutions that it catches
    peaks: Mapping[str, tuple[float, float]]  # limit -> the most a solution used, and the limit

    @property
    def verified(self) -> bool:
        """Tell whether every gate was passed."""
        return bool(self.gates) and all(gate.passed for gate in self.gates)


def compose_record(
    lab: Lab,
    plan: Plan,
    outcomes: Sequence[RunOutcome],
    gates: tuple[GateResult, ...],
    seconds: float,
) -> Record:
    """Sum up all runs of one lab."""
    reports = [found.report for found in outcomes]
    return Record(
        lab=lab.slug,
        content_hash=lab.content_hash,
        verified_at=datetime.now(UTC),
        seconds=round(seconds, 1),
        seeds=plan.seeds,
        repeats=plan.repeats,
        engine_version=", ".join(sorted({report.engine_version for report in reports})),
        isolation=", ".join(sorted({report.isolation for report in reports})),
        stacks={found.run.stack: found.report.stack_version for found in outcomes},
        runs={kind.value: sum(found.run.kind is kind for found in outcomes) for kind in Kind},
        gates=gates,
        caught_by={check.name: _list_caught(check.name, outcomes) for check in lab.checks},
        peaks=_find_peaks(lab, outcomes),
    )


def render_record(record: Record) -> dict[str, Any]:
    """Turn a record into plain JSON."""
    return {
        "lab": record.lab,
        "verified": record.verified,
        "content_hash": record.content_hash,
        "verified_at": record.verified_at.isoformat(timespec="seconds"),
        "seconds": record.seconds,
        "seeds": list(record.seeds),
        "repeats": record.repeats,
        "engine_version": record.engine_version,
        "isolation": record.isolation,
        "stacks": dict(record.stacks),
        "runs": dict(record.runs),
        "gates": [render_gate(gate) for gate in record.gates],
        "caught_by": {check: list(flaws) for check, flaws in record.caught_by.items()},
        "peaks": {
            name: {"used": used, "limit": limit} for name, (used, limit) in record.peaks.items()
        },
    }


def render_gate(gate: GateResult) -> dict[str, Any]:
    """Turn one gate into plain JSON."""
    return {
        "gate": gate.gate,
        "title": gate.title,
        "passed": gate.passed,
        "problems": list(gate.problems),
    }


def write_record(folder: Path, record: Record) -> Path:
    """Write `verified.json` into the lab's folder, whole or not at all."""
    target = folder / RECORD_NAME
    text = json.dumps(render_record(record), indent=2, ensure_ascii=False) + "\n"
    descriptor, scratch = tempfile.mkstemp(prefix=".verified-", dir=folder.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(target)
    finally:
        Path(scratch).unlink(missing_ok=True)
    return target


def _list_caught(check: str, outcomes: Sequence[RunOutcome]) -> tuple[str, ...]:
    flawed = (found for found in outcomes if found.run.kind is Kind.FLAWED)
    return tuple(sorted({found.run.name for found in flawed if check in found.failing}))


def _find_peaks(lab: Lab, outcomes: Sequence[RunOutcome]) -> dict[str, tuple[float, float]]:
    right = [found.report.usage for found in outcomes if found.run.kind is Kind.SOLUTION]
    peaks: dict[str, tuple[float, float]] = {}
    for field in fields(Usage):
        limit = getattr(lab.limits, field.name.replace("_peak", ""))
        most = max((getattr(usage, field.name) for usage in right), default=0)
        peaks[field.name.replace("_peak", "")] = (round(most, 3), limit)
    return peaks

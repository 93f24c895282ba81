"""The record of a verification: what was run, with which seeds and versions, and what it showed.

It lies beside the lab as `verified.json`, so that its page can show it. It names the content it
is about; a lab that changed since has a record of something else.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from milepost.engine import Outcome
from milepost.labs.loading import RECORD_NAME
from milepost.labs.verification.gates import GateResult
from milepost.labs.verification.headroom import Headroom, measure_headroom
from milepost.labs.verification.outcomes import Findings, RunOutcome
from milepost.labs.verification.plan import ALL_GATES, Kind
from milepost.labs.verification.spoiled import SpoiledTrial
from milepost.labs.verification.trial_gates import MutantScore, score_mutants
from milepost.labs.verification.trials import CheatTrial, MutantTrial


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
    kept: int  # how many of them are known from before, with the same inputs
    gates: tuple[GateResult, ...]
    caught_by: Mapping[str, tuple[str, ...]]  # check -> the flawed solutions that it catches
    mutant_seed: int
    mutants: tuple[MutantScore, ...]
    cheats: tuple[CheatTrial, ...]
    spoiled: tuple[SpoiledTrial, ...]
    headroom: tuple[Headroom, ...]

    @property
    def passed(self) -> bool:
        """Tell whether every gate that was asked for was passed."""
        return bool(self.gates) and all(gate.passed for gate in self.gates)

    @property
    def complete(self) -> bool:
        """Tell whether all gates were asked for."""
        return {gate.gate for gate in self.gates} == ALL_GATES

    @property
    def verified(self) -> bool:
        """Tell whether every gate there is was passed."""
        return self.complete and self.passed


def compose_record(findings: Findings, gates: tuple[GateResult, ...], seconds: float) -> Record:
    """Sum up all runs of one lab."""
    lab, plan, outcomes = findings.lab, findings.plan, findings.outcomes
    reports = [found.report for found in outcomes]
    trials = {
        Kind.MUTANT: len(findings.mutant_trials),
        Kind.CHEAT: len(findings.cheat_trials),
        Kind.SPOILED: findings.spoiled_runs,
    }
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
        runs={kind.value: trials.get(kind) or len(findings.of(kind)) for kind in Kind},
        kept=findings.kept,
        gates=gates,
        caught_by={check.name: _list_caught(check.name, outcomes) for check in lab.checks},
        mutant_seed=plan.mutant_seed,
        mutants=tuple(score_mutants(findings)) if findings.solutions_pass else (),
        cheats=findings.cheat_trials,
        spoiled=findings.spoiled_trials,
        headroom=tuple(measure_headroom(findings)),
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
        "kept": record.kept,
        "gates": [render_gate(gate) for gate in record.gates],
        "caught_by": {check: list(flaws) for check, flaws in record.caught_by.items()},
        "mutant_seed": record.mutant_seed,
        "mutants": [_render_score(score) for score in record.mutants],
        "cheats": [_render_cheat(trial) for trial in record.cheats],
        "spoiled": render_spoiled(record.spoiled),
        "headroom": {
            found.limit: {"used": found.used, "limit": found.allowed} for found in record.headroom
        },
    }


def render_gate(gate: GateResult) -> dict[str, Any]:
    """Turn one gate into plain JSON."""
    return {
        "gate": gate.gate,
        "title": gate.title,
        "passed": gate.passed,
        "problems": list(gate.problems),
        "notes": list(gate.notes),
    }


def _render_score(score: MutantScore) -> dict[str, Any]:
    return {
        "solution": score.solution,
        "possible": score.made,
        "tried": score.tried,
        "caught": score.caught,
        "equivalent": score.equivalent,
        "share": round(score.share, 3),
        "survivors": [_render_survivor(trial) for trial in score.survivors],
    }


def _render_survivor(trial: MutantTrial) -> dict[str, Any]:
    mutant = trial.mutant
    return {
        "file": mutant.file,
        "line": mutant.line,
        "kind": mutant.kind,
        "was": mutant.was,
        "becomes": mutant.becomes,
    }


def render_spoiled(trials: Sequence[SpoiledTrial]) -> dict[str, Any]:
    """Turn spoiled answers into counts, and what broke a check into its place."""
    broke = [trial for trial in trials if trial.broke]
    return {
        "tried": len(trials),
        "refused": sum(trial.outcome is not Outcome.PASSED and not trial.broke for trial in trials),
        "broke": len(broke),
        "kinds": dict(sorted(Counter(trial.kind for trial in trials).items())),
        "breaks": [
            {
                "stack": trial.stack,
                "check": trial.check,
                "line": trial.line,
                "place": trial.place,
                "kind": trial.kind,
                "was": trial.was,
                "became": trial.became,
                "error": trial.error,
            }
            for trial in broke
        ],
    }


def _render_cheat(trial: CheatTrial) -> dict[str, Any]:
    return {
        "stack": trial.cheat.stack,
        "name": trial.cheat.name,
        "sentence": trial.cheat.sentence,
        "outcome": trial.ending.outcome.value,
        "caught_by": trial.ending.check,
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

"""How the outcome of `milepost labs verify` reads, as text and as JSON.

What is true of a lab is decided in `labs.verification`; nothing is judged here.
"""

import json
from collections.abc import Sequence
from typing import Any

import typer

from milepost.labs.verification import GateResult, Record, render_gate, render_record

_MINUTE = 60
# What verification found: a record of runs, or the gates that kept the lab from being run.
Found = tuple[str, Record | tuple[GateResult, ...]]


def has_passed(found: Found) -> bool:
    """Tell whether every gate that was asked for was passed."""
    outcome = found[1]
    return isinstance(outcome, Record) and outcome.passed


def print_all(found: Sequence[Found], *, as_json: bool) -> None:
    """Print every outcome, for people or for scripts."""
    if as_json:
        typer.echo(json.dumps({"labs": [_render(item) for item in found]}, indent=2))
        return
    for item in found:
        _print(item)


def describe_rest(seconds: float | None) -> str:
    """Say how long something will still take; that nothing is known of it, where that is so."""
    if seconds is None:
        return "how long they take shows once the first have ended"
    if seconds < _MINUTE:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / _MINUTE:.0f} min left"


def _render(found: Found) -> dict[str, Any]:
    name, outcome = found
    if isinstance(outcome, Record):
        return render_record(outcome)
    return {"lab": name, "verified": False, "gates": [render_gate(gate) for gate in outcome]}


def _print(found: Found) -> None:
    name, outcome = found
    typer.echo(f"{name}: {_say_verdict(outcome)}")
    for gate in outcome.gates if isinstance(outcome, Record) else outcome:
        typer.echo(f"  {'✓' if gate.passed else '✗'} gate {gate.gate}  {gate.title}")
        for line in (*gate.problems, *gate.notes):
            typer.echo("      " + line.replace("\n", "\n          "))
    if isinstance(outcome, Record):
        _print_facts(outcome)


def _say_verdict(outcome: Record | tuple[GateResult, ...]) -> str:
    if not isinstance(outcome, Record) or not outcome.passed:
        return "not verified"
    if outcome.complete:
        return "verified"
    asked = ", ".join(str(gate.gate) for gate in outcome.gates)
    return f"passed gate {asked}; verified is who passes all seven"


def _print_facts(record: Record) -> None:
    runs = ", ".join(f"{count} {kind}" for kind, count in record.runs.items() if count)
    versions = "; ".join(record.stacks.values())
    typer.echo(
        f"  runs: {runs or 'none'}, in {record.seconds:.0f} s{versions and ', on '}{versions}"
    )
    if record.kept:
        total = sum(record.runs.values())
        typer.echo(
            f"  kept: {record.kept} of {total} runs are known from before, with the same inputs;"
            " --fresh runs them all"
        )
    typer.echo(
        f"  seeds: {', '.join(map(str, record.seeds))}, each solution {record.repeats} times"
    )

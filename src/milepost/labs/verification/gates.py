"""The gates that a lab must pass, as judgements over what its runs showed.

Binding (gate 6) is judged while loading; a lab that got here has passed it. Mutants, cheats and
headroom are judged in `trial_gates`.
Each problem is one sentence that names the folder, the check and the seed to look at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from milepost.labs.model import Flaw, Lab
from milepost.labs.verification.outcomes import Findings, RunOutcome
from milepost.labs.verification.plan import Kind
from milepost.labs.verification.spoiled_gate import describe_spoiled, judge_spoiled
from milepost.labs.verification.trial_gates import (
    describe_cheats,
    describe_headroom,
    describe_mutants,
    judge_cheats,
    judge_headroom,
    judge_mutants,
)

TITLES = {
    1: "The starter runs, and fails exactly as declared",
    2: "Every solution passes everything, with every seed, every time",
    3: "Every check is failed by a flawed solution, and each of those fails exactly as declared",
    4: "Right answers with one small thing wrong are caught",
    5: "Cheats are rejected, each and whole, and no spoiled answer breaks a check",
    6: "Tasks, checks, objectives and sentences are bound together",
    7: "Right answers stay under half of every limit",
}


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate, what stands in the way, and what is worth knowing all the same."""

    gate: int
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Say what the gate asks."""
        return TITLES[self.gate]

    @property
    def passed(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not self.problems


def judge_all(findings: Findings) -> tuple[GateResult, ...]:
    """Judge every gate that was asked for."""
    lab = findings.lab
    headroom = tuple(describe_headroom(findings))
    early = () if findings.plan.asks(7) else headroom  # gate 2's runs have measured it already
    judged = (
        GateResult(1, _unique(_judge_starters(lab, findings.of(Kind.STARTER)))),
        GateResult(2, _unique(_judge_solutions(lab, findings.of(Kind.SOLUTION))), early),
        GateResult(3, _unique(_judge_flawed(lab, findings.of(Kind.FLAWED)))),
        GateResult(4, _unique(judge_mutants(findings)), tuple(describe_mutants(findings))),
        GateResult(5, _unique(_judge_answers(findings)), tuple(_describe_answers(findings))),
        GateResult(6, ()),
        GateResult(7, _unique(judge_headroom(findings)), headroom),
    )
    return tuple(gate for gate in judged if findings.plan.asks(gate.gate))


def _judge_answers(findings: Findings) -> Iterable[str]:
    yield from judge_cheats(findings)
    yield from judge_spoiled(findings)


def _describe_answers(findings: Findings) -> Iterable[str]:
    yield from describe_cheats(findings)
    yield from describe_spoiled(findings)


def refuse_binding(problems: Sequence[str]) -> tuple[GateResult, ...]:
    """Say that a lab could not even be loaded, so that nothing was run."""
    return (GateResult(6, tuple(problems)),)


def _judge_faults(outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    """Say each fault of a check once, however many runs it ended."""
    places: dict[str, dict[str, None]] = {}
    for found in outcomes:
        if found.fault is not None:
            places.setdefault(found.fault, {})[_name(found)] = None
    for fault, (first, *others) in places.items():
        more = f" So did {', '.join(others)}." if others else ""
        yield f"{first} ended as {fault}.{more}"


def _judge_chance(outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    for found in outcomes:
        for check in found.contradicted:
            now = "does not pass" if check in found.failing else "passes"
            yield (
                f"{_name(found)}: {check} {now} now, and ended otherwise the last time, with the"
                " same inputs. So chance decides, or how busy the machine is. Find out what does:"
                " learners would meet it too. All runs of this answer take place again next time."
            )


def _judge_starters(lab: Lab, outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    yield from _judge_faults(outcomes)
    yield from _judge_chance(outcomes)
    for found in outcomes:
        yield from _compare(found, lab.starter_fails, "lab.toml, [starter]")
        if found.derailed and found.fault is None:
            yield (
                f"{_name(found)} should run and give wrong answers, but does not get that far:"
                f" {_quote(found, found.derailed)}"
            )


def _judge_solutions(lab: Lab, outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    for stack in lab.stacks:
        if not any(found.run.stack == stack for found in outcomes):
            yield f"No solution is written for {stack}, so nothing shows that it can be done there."
    yield from _judge_faults(outcomes)
    yield from _judge_chance(outcomes)
    for found in outcomes:
        missed = found.failing or found.unknown
        if found.fault is None and missed:
            yield f"{_name(found)} is right, but does not pass {_quote(found, missed)}"


def _judge_flawed(lab: Lab, outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    flaws = {flaw.name: flaw for flaw in lab.flawed()}
    yield from _judge_faults(outcomes)
    yield from _judge_chance(outcomes)
    for found in outcomes:
        flaw = flaws[found.run.name]
        yield from _compare(found, flaw.fails, flaw.declared_in)
    caught = set().union(*(found.failing for found in outcomes))
    for check in lab.checks:
        if check.name not in caught:
            yield (
                f"{check.name} is failed by no flawed solution, so nothing shows that it can tell"
                " wrong from right. Add one that it catches, or remove the check."
            )
    yield from _judge_coverage(lab, outcomes)
    yield from _judge_explanations(list(flaws.values()))


def _judge_coverage(lab: Lab, outcomes: Sequence[RunOutcome]) -> Iterable[str]:
    lacks = {flaw.name: flaw.lacks for flaw in lab.flawed()}
    bound = {check.name: check.objectives for check in lab.checks}
    for objective in lab.objectives:
        proven = any(
            lacks[found.run.name] == (objective,)
            and any(objective in bound.get(check, ()) for check in found.failing)
            for found in outcomes
        )
        if not proven:
            yield (
                f"{objective} is not covered: no flawed solution that lacks exactly that fails a"
                " check bound to it. Add one, or take the objective out."
            )


def _judge_explanations(flaws: Sequence[Flaw]) -> Iterable[str]:
    for number, flaw in enumerate(flaws):
        for other in flaws[number + 1 :]:
            if flaw.fails == other.fails and flaw.misconception != other.misconception:
                yield (
                    f"flawed/{flaw.name} and flawed/{other.name} fail the same checks but explain"
                    " them differently, so a learner would read a wrong explanation. Add a check"
                    " that tells them apart, or explain both in the same words."
                )


def _compare(found: RunOutcome, declared: frozenset[str], where: str) -> Iterable[str]:
    if found.fault is not None:
        return
    # After two checks that ran out of time no further one is run: nothing is known of those.
    if missed := declared - found.failing - found.unknown:
        yield (
            f"{_name(found)} should fail {', '.join(sorted(missed))}, but passes. Fix the check,"
            f" or {where}."
        )
    if extra := found.failing - declared:
        yield (
            f"{_name(found)} fails more than {where} declares. Declare it, or fix the check:"
            f" {_quote(found, extra)}"
        )


def _quote(found: RunOutcome, checks: frozenset[str]) -> str:
    """Name checks, and give the words of the first."""
    first, *others = sorted(checks)
    more = f" (and {', '.join(others)})" if others else ""
    return f"{first}{more}, which says: {found.explain(first)}"


def _name(found: RunOutcome) -> str:
    return f"{found.run.place} (seed {found.run.seed})"


def _unique(problems: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(problems))

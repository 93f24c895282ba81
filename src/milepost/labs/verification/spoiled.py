"""Spoiled answers: which elements of a solution's answers are changed, and what each led to.

The engine lists what can be spoiled and spoils it; whether that broke a check is judged in
`spoiled_gate`. The same list, number and seed give the same choice.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine import Evidence, GradeReport, Outcome, Spoil, SpoilPlan, Verdict
from milepost.engine.request import SPOILED
from milepost.labs.model import Solution
from milepost.labs.verification.plan import Kind, PlannedRun


@dataclass(frozen=True, slots=True)
class Spoilable:
    """An element of answers that a check got, and one way to spoil it."""

    place: str
    kind: str
    positions: tuple[int, ...]  # of answers that hold it


@dataclass(frozen=True, slots=True)
class SpoiledTrial:
    """One spoiled answer, and how its check ended."""

    stack: str
    solution: str
    check: str
    place: str
    kind: str
    was: str
    became: str
    outcome: Outcome
    error: str  # what the check raised of its own; empty where it judged the answer
    line: int | None  # of checks.py

    @property
    def broke(self) -> bool:
        """Tell whether the check fell over instead of judging."""
        return bool(self.error)


def run_of_listing(solution: Solution, seed: int) -> PlannedRun:
    """Return the run that lists what can be spoiled in the answers of a solution."""
    return _plan(solution, seed, 0, SpoilPlan(seed))


def run_of_spoils(
    solution: Solution, seed: int, number: int, spoils: Mapping[str, Spoil]
) -> PlannedRun:
    """Return a run in which each check gets one spoiled answer."""
    return _plan(solution, seed, number, SpoilPlan(seed, spoils))


def read_spoilable(report: GradeReport) -> dict[str, list[Spoilable]]:
    """Read what can be spoiled, check by check."""
    return {
        check.name: [
            Spoilable(found["place"], found["kind"], tuple(found["positions"]))
            for found in _list_found(check.evidence)
        ]
        for check in report.checks
    }


def choose_spoils(
    spoilable: Mapping[str, list[Spoilable]], most: int, seed: int
) -> list[dict[str, Spoil]]:
    """Choose for each check at most so many spoils, one a run.

    Preferred is what no other check has tried yet, then kinds and places that are new to the check.
    """
    tried: Counter[tuple[str, str]] = Counter()
    chosen: dict[str, list[Spoil]] = {}
    for check in sorted(spoilable):
        choice = random.Random(f"{seed} {check}")  # noqa: S311 - repeatable on purpose
        pool = spoilable[check].copy()
        choice.shuffle(pool)
        chosen[check] = list(_choose(pool, most, tried, choice))
    runs = max((len(each) for each in chosen.values()), default=0)
    return [
        {check: spoils[number] for check, spoils in chosen.items() if number < len(spoils)}
        for number in range(runs)
    ]


def read_spoiled(run: PlannedRun, report: GradeReport) -> list[SpoiledTrial]:
    """Read how each check of a run ended that got a spoiled answer."""
    return list(_read_spoiled(run, report))


def _plan(solution: Solution, seed: int, number: int, plan: SpoilPlan) -> PlannedRun:
    return PlannedRun(
        Kind.SPOILED, solution.name, solution.stack, seed, number, solution.files, plan
    )


def _choose(
    pool: list[Spoilable], most: int, tried: Counter[tuple[str, str]], choice: random.Random
) -> Iterator[Spoil]:
    kinds: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for _ in range(min(most, len(pool))):
        best = min(
            pool,
            key=lambda each: (
                tried[each.place, each.kind],
                kinds[each.kind] + places[each.place],
            ),
        )
        pool.remove(best)
        tried[best.place, best.kind] += 1
        kinds[best.kind] += 1
        places[best.place] += 1
        yield Spoil(choice.choice(best.positions), best.place, best.kind)


def _find_piece(evidence: tuple[Evidence, ...]) -> Evidence | None:
    return next((piece for piece in evidence if piece.kind == SPOILED), None)


def _list_found(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    piece = _find_piece(evidence)
    found = piece.response.get("found") if piece is not None else None
    return [*found] if isinstance(found, list) else []


def _read_spoiled(run: PlannedRun, report: GradeReport) -> Iterator[SpoiledTrial]:
    spoils = run.spoil.spoils if run.spoil is not None else {}
    is_over = report.verdict is Verdict.LAB_BROKEN
    for check in report.checks:
        piece = _find_piece(check.evidence)
        error, told = "", dict(piece.request) if piece is not None else {}
        if piece is None and is_over and check.name in spoils:
            # The first without a word is the one that kept the run from going on.
            error, is_over = report.message, False
            told = {"place": spoils[check.name].place, "kind": spoils[check.name].kind}
        if not told:
            continue
        response = piece.response if piece is not None else {}
        line = response.get("line")
        yield SpoiledTrial(
            stack=run.stack,
            solution=run.name,
            check=check.name,
            place=str(told["place"]),
            kind=str(told["kind"]),
            was=str(told.get("was", "")),
            became=str(told.get("became", "")),
            outcome=check.outcome,
            error=error or str(response.get("error", "")),
            line=line if isinstance(line, int) else None,
        )

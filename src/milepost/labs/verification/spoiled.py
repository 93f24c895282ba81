"""Spoiled answers: which elements of a solution's answers are changed, and what each led to.

The engine lists what can be spoiled and spoils it; whether that broke a check is judged in
`spoiled_gate`. The same list, number and seed give the same choice.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from milepost.engine import CheckResult, Evidence, GradeReport, Outcome, Spoil, SpoilPlan, Verdict
from milepost.engine.evidence.contract import NOTHING, Nothing
from milepost.engine.evidence.spoiled import ChangedAnswer, Spoilable, SpoiledAnswer
from milepost.labs.model import Solution
from milepost.labs.verification.plan import Kind, PlannedRun

SpoilName: TypeAlias = tuple[str, str, str]  # a check, a place in its answers, a kind


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
    file: str  # of the lab's checks
    line: int | None  # of that file

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
    return _plan(solution, seed, number, SpoilPlan(seed, spoils), tuple(spoils))


def read_spoilable(report: GradeReport) -> dict[str, list[Spoilable]]:
    """Read what can be spoiled, check by check."""
    return {check.name: _list_found(check.evidence) for check in report.checks}


def name_spoils(spoilable: Mapping[str, list[Spoilable]]) -> set[SpoilName]:
    """Name what can be spoiled, and how, check by check."""
    return {(check, each.place, each.kind) for check, found in spoilable.items() for each in found}


def choose_new_spoils(
    spoilable: Mapping[str, list[Spoilable]], most: int, seed: int, known: Collection[SpoilName]
) -> list[dict[str, Spoil]]:
    """Choose what answers on the stacks before did not offer; where there is nothing, one each.

    A check sees values, whatever language they come from: what it does with one, it does again.
    """
    new = {
        check: [each for each in found if (check, each.place, each.kind) not in known]
        for check, found in spoilable.items()
    }
    return choose_spoils(new, most, seed) or choose_spoils(spoilable, 1, seed)


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


def find_error(result: CheckResult) -> str:
    """Return what a check raised of its own where its answer was spoiled; empty if nothing."""
    piece = _find_piece(result.evidence)
    return (piece.response.error if piece is not None else "") or ""


def read_spoiled(run: PlannedRun, report: GradeReport) -> list[SpoiledTrial]:
    """Read how each check of a run ended that got a spoiled answer."""
    return list(_read_spoiled(run, report))


def _plan(
    solution: Solution, seed: int, number: int, plan: SpoilPlan, checks: tuple[str, ...] = ()
) -> PlannedRun:
    return PlannedRun(
        Kind.SPOILED, solution.name, solution.stack, seed, number, solution.files, plan, checks
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


def _find_piece(evidence: tuple[Evidence, ...]) -> SpoiledAnswer | None:
    return next((piece for piece in evidence if isinstance(piece, SpoiledAnswer)), None)


def _list_found(evidence: tuple[Evidence, ...]) -> list[Spoilable]:
    piece = _find_piece(evidence)
    found = piece.response.found if piece is not None else ()
    return [] if isinstance(found, str) else [*found]


def _read_spoiled(run: PlannedRun, report: GradeReport) -> Iterator[SpoiledTrial]:
    spoils = run.spoil.spoils if run.spoil is not None else {}
    is_over = report.verdict is Verdict.LAB_BROKEN
    for check in report.checks:
        piece = _find_piece(check.evidence)
        error, changed = "", piece.request if piece is not None else NOTHING
        if piece is None and is_over and check.name in spoils:
            # The first without a word is the one that kept the run from going on.
            error, is_over = report.message, False
            changed = ChangedAnswer(spoils[check.name].place, spoils[check.name].kind)
        if isinstance(changed, Nothing):
            continue
        yield SpoiledTrial(
            stack=run.stack,
            solution=run.name,
            check=check.name,
            place=changed.place,
            kind=changed.kind,
            was=changed.was,
            became=changed.became,
            outcome=check.outcome,
            error=error or (piece.response.error if piece is not None else "") or "",
            file=piece.response.file if piece is not None else "",
            line=piece.response.line if piece is not None else None,
        )

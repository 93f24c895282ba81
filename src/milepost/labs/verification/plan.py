"""Which runs prove a lab: starters, right answers, wrong answers, mutants and cheats.

How they are carried out lives in `runner`.
The same lab, seeds and numbers give the same plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from milepost.engine import SpoilPlan
from milepost.labs.model import Lab, Solution
from milepost.labs.proof import GATES
from milepost.labs.verification.cheats import find_grounds, list_cheats
from milepost.labs.verification.mutants import Mutant, choose_mutants, make_mutants

ALL_GATES = GATES
LARGEST_SEED = 2**32 - 1
MUTANTS = 100  # of a solution: enough to see what is not looked at, few enough to wait for
SPOILED_RUNS = 30  # of a solution: each spoils one answer of every check


class Kind(StrEnum):
    """What a run is for."""

    STARTER = "starter"
    SOLUTION = "solution"
    FLAWED = "flawed"
    MUTANT = "mutant"
    CHEAT = "cheat"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One grading that is to take place."""

    kind: Kind
    name: str  # of the folder, where there is one: a stack, a solution or a flawed solution
    stack: str
    seed: int
    repeat: int
    files: Mapping[str, bytes] = field(repr=False)
    spoil: SpoilPlan | None = field(default=None, repr=False)
    checks: tuple[str, ...] = ()  # that are run; empty: all of them

    @property
    def place(self) -> str:
        """Name where the files come from."""
        folder = {
            Kind.STARTER: "starter/",
            Kind.SOLUTION: "solutions/",
            Kind.FLAWED: "flawed/",
            Kind.MUTANT: "a mutant of solutions/",
            Kind.CHEAT: "the cheat ",
            Kind.SPOILED: "spoiled answers of solutions/",
        }
        return f"{folder[self.kind]}{self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The seeds, how often each right answer meets each of them, and which gates are asked."""

    seeds: tuple[int, ...]
    repeats: int
    mutants: int = MUTANTS  # at most so many of a solution
    mutant_seed: int = 1  # chooses them; not a run's, so that the same ones are met again
    spoiled_runs: int = SPOILED_RUNS  # at most so many of a solution
    gates: frozenset[int] = ALL_GATES

    @property
    def other_seed(self) -> int:
        """Give a seed that the first runs did not have: what they asked, nobody asks again."""
        return (self.seeds[0] + 1) % (LARGEST_SEED + 1)

    def asks(self, *gates: int) -> bool:
        """Tell whether one of these gates is asked."""
        return not self.gates.isdisjoint(gates)


@dataclass(frozen=True, slots=True)
class MutantPlan:
    """The mutants of one solution: all that there are, and those that will be tried.

    `spare` ones take the place of those that turn out not to compile.
    """

    solution: str
    made: tuple[Mutant, ...]
    chosen: tuple[Mutant, ...]
    spare: tuple[Mutant, ...] = ()


def plan_runs(lab: Lab, plan: Plan) -> tuple[PlannedRun, ...]:
    """List the runs of what lies in the lab; repeats are where a flake would hurt a learner."""
    runs: list[PlannedRun] = []
    if plan.asks(1):
        runs += _plan_starters(lab, plan)
    if plan.asks(2):
        runs += _plan_solutions(lab, plan)
    elif plan.asks(4, 5, 7):
        runs += _plan_solutions(lab, Plan(plan.seeds[:1], 1))
    if plan.asks(3):
        runs += _plan_flawed(lab, plan)
    return tuple(runs)


def plan_mutants(lab: Lab, plan: Plan) -> tuple[MutantPlan, ...]:
    """Choose the mutants of one solution of each stack, and all that have a reason."""
    if not plan.asks(4):
        return ()
    return tuple(_plan_mutants_of(lab, plan, solution) for solution in list_mutated(lab))


def list_mutated(lab: Lab) -> list[Solution]:
    """List one solution of each stack: the one that is named as the stack is, else the first."""
    first: dict[str, Solution] = {}
    for solution in sorted(lab.solutions(), key=lambda each: (each.name != each.stack, each.name)):
        first.setdefault(solution.stack, solution)
    return [first[stack] for stack in lab.stacks if stack in first]


def count_cheats(lab: Lab, plan: Plan) -> int:
    """Count the cheats that will be tried: those shipped, and one a stack that knows answers."""
    if not plan.asks(5):
        return 0
    return sum(1 + sum(1 for _ in list_cheats(ground, ())) for ground in find_grounds(lab))


def count_spoiled_runs(lab: Lab, plan: Plan) -> int:
    """Count the runs with spoiled answers that there may be, those that list them included."""
    return (1 + plan.spoiled_runs) * len(list_spoiled(lab, plan))


def list_spoiled(lab: Lab, plan: Plan) -> list[Solution]:
    """List the solutions whose answers are spoiled: one of each stack."""
    return list_mutated(lab) if plan.asks(5) else []


def _plan_mutants_of(lab: Lab, plan: Plan, solution: Solution) -> MutantPlan:
    made = make_mutants(solution)
    chosen = choose_mutants(made, plan.mutants, plan.mutant_seed)
    explained = {reason.key for reason in lab.equivalents}
    others = [mutant for mutant in made if mutant.key in explained and mutant not in chosen]
    tried = {id(mutant) for mutant in (*chosen, *others)}
    left = [mutant for mutant in made if id(mutant) not in tried]
    spare = choose_mutants(left, plan.mutants, plan.mutant_seed)
    return MutantPlan(solution.name, tuple(made), (*chosen, *others), tuple(spare))


def _plan_starters(lab: Lab, plan: Plan) -> Iterator[PlannedRun]:
    for stack in lab.stacks:
        for seed in plan.seeds:
            yield PlannedRun(Kind.STARTER, stack, stack, seed, 1, lab.starter_files(stack))


def _plan_solutions(lab: Lab, plan: Plan) -> Iterator[PlannedRun]:
    for seed in plan.seeds:
        for solution in lab.solutions():
            for repeat in range(1, plan.repeats + 1):
                yield PlannedRun(
                    Kind.SOLUTION, solution.name, solution.stack, seed, repeat, solution.files
                )


def _plan_flawed(lab: Lab, plan: Plan) -> Iterator[PlannedRun]:
    """Let each flaw meet all checks once, and with every other seed those that must catch it.

    That inputs hide a flaw from its check is what more seeds can show; what it leaves alone, right
    answers are asked with all of them.
    """
    for seed in plan.seeds:
        for flaw in lab.flawed():
            checks = () if seed == plan.seeds[0] else tuple(sorted(flaw.fails))
            yield PlannedRun(Kind.FLAWED, flaw.name, flaw.stack, seed, 1, flaw.files, checks=checks)

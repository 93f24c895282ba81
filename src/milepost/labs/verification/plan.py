"""Which runs prove a lab: every starter, right answer and wrong answer, with which seeds.

How they are carried out lives in `runner`.
The same lab, seeds and repeats give the same plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from milepost.labs.model import Lab


class Kind(StrEnum):
    """What a run is for."""

    STARTER = "starter"
    SOLUTION = "solution"
    FLAWED = "flawed"


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One grading that is to take place."""

    kind: Kind
    name: str  # of the folder: a stack, a solution or a flawed solution
    stack: str
    seed: int
    repeat: int
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def place(self) -> str:
        """Name the folder that the files come from."""
        folder = {Kind.STARTER: "starter", Kind.SOLUTION: "solutions", Kind.FLAWED: "flawed"}
        return f"{folder[self.kind]}/{self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The seeds, and how often each right answer meets each of them."""

    seeds: tuple[int, ...]
    repeats: int


def plan_runs(lab: Lab, plan: Plan) -> tuple[PlannedRun, ...]:
    """List all runs: repeats are for right answers, where a flake would hurt a learner."""
    return tuple(_plan_starters(lab, plan)) + tuple(_plan_answers(lab, plan))


def _plan_starters(lab: Lab, plan: Plan) -> Iterator[PlannedRun]:
    for stack in lab.stacks:
        for seed in plan.seeds:
            yield PlannedRun(Kind.STARTER, stack, stack, seed, 1, lab.starter_files(stack))


def _plan_answers(lab: Lab, plan: Plan) -> Iterator[PlannedRun]:
    for seed in plan.seeds:
        for solution in lab.solutions():
            for repeat in range(1, plan.repeats + 1):
                yield PlannedRun(
                    Kind.SOLUTION, solution.name, solution.stack, seed, repeat, solution.files
                )
        for flaw in lab.flawed():
            yield PlannedRun(Kind.FLAWED, flaw.name, flaw.stack, seed, 1, flaw.files)

"""What a lab is once it has been read: frozen records, and the errors of a lab that is not one.

How a folder becomes these records lives in `loading`.
A `Lab` holds the bytes it was made from, so that all that is said about it is about one state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from milepost.engine import GradingSpec
from milepost.labs.equivalents import Equivalent

LAB = "lab"
DRILL = "drill"  # small, shown in its lesson; passing it practises, and proves nothing
KINDS = (LAB, DRILL)


class LabInvalid(ValueError):
    """A folder is not a usable lab. `problems` says why, one sentence each."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__(f"{path.name} is not a usable lab: " + " ".join(problems))
        self.path = path
        self.problems = tuple(problems)


class UnknownStack(LookupError):
    """A lab was asked for a stack that it does not offer."""

    def __init__(self, lab: str, stack: str, offered: Sequence[str]) -> None:
        super().__init__(f"{lab} has no stack {stack!r}. It offers {', '.join(offered)}.")
        self.stack = stack


@dataclass(frozen=True, slots=True)
class BrokenLab:
    """A folder that was skipped, and why."""

    path: Path
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A part of a lab that a learner can finish by itself."""

    slug: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """What is known of a check without running it."""

    name: str
    title: str
    task: str
    objectives: tuple[str, ...]
    hidden: bool


@dataclass(frozen=True, slots=True)
class LessonSection:
    """A section of an objective's lesson: its name in addresses, and its heading."""

    objective: str  # such as language.loops
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Hint:
    """One step of help with a check that failed."""

    kind: str  # "nudge", "lesson" or "example"
    text: str  # Markdown; of a lesson's section its heading
    section: LessonSection | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """A right answer, kept to prove that the checks accept it."""

    name: str
    stack: str
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A wrong answer with a name: the checks that catch it, and what its author should be told."""

    name: str
    declared_in: str  # the file that says all this, below the lab's folder
    title: str
    misconception: str
    over: str  # the solution that it spoils
    stack: str
    fails: frozenset[str]
    lacks: tuple[str, ...]  # the objectives it has not understood
    files: Mapping[str, bytes] = field(repr=False)  # whole, the solution's other files included


@dataclass(frozen=True, slots=True)
class Lab:
    """A task with starter files, a brief and checks."""

    folder: Path
    slug: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    grading: GradingSpec
    tasks: tuple[Task, ...]
    checks: tuple[CheckSpec, ...]
    brief: str = field(repr=False)
    starter_fails: frozenset[str]
    content_hash: str  # of all that decides a verdict or is shown
    hidden_checks: int  # how many there are, also where they were left out
    visible_only: bool  # True for a package without its hidden checks
    files: Mapping[str, bytes] = field(repr=False, compare=False)
    # What the last verification of exactly this content found (`verified.json`), if there was one.
    record: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    answers: tuple[Solution, ...] = field(default=(), repr=False)
    flaws: tuple[Flaw, ...] = field(default=(), repr=False)
    equivalents: tuple[Equivalent, ...] = field(default=(), repr=False)
    hints: Mapping[str, tuple[Hint, ...]] = field(default_factory=dict, repr=False)  # by check
    is_staged: bool = False
    kind: str = LAB
    shows_answers: bool = True  # to a learner who has passed it; nobody else is shown any

    @property
    def is_drill(self) -> bool:
        """Tell whether it practises its objective instead of proving it."""
        return self.kind == DRILL

    def starter_files(self, stack: str) -> dict[str, bytes]:
        """Return what a learner begins with on this stack, by relative path."""
        if stack not in self.stacks:
            raise UnknownStack(self.slug, stack, self.stacks)
        return files_below(self.files, f"starter/{stack}/")

    def solutions(self) -> tuple[Solution, ...]:
        """Return the right answers; none in a package for learners."""
        return self.answers

    def flawed(self) -> tuple[Flaw, ...]:
        """Return the wrong answers; none in a package for learners."""
        return self.flaws


def files_below(files: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    """Return the files under a folder, named relative to it. `prefix` ends in a slash."""
    return {
        path.removeprefix(prefix): content
        for path, content in files.items()
        if path.startswith(prefix)
    }

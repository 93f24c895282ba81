"""Where a learner stands in a lab that is done in stages: its tasks, in order.

The one place that decides it; pages, the API and terminals only show what is decided here.
Invariant: a stage is passed by a submission alone, with its hidden checks, and only a whole lab
proves anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

LONGEST_WHOLE_MINUTES = 45  # a longer lab is done in stages, unless its author says otherwise


class StageState(StrEnum):
    """How far one stage is."""

    PASSED = "passed"
    HOLDS = "holds"  # all that was run of it passed, but hidden checks were not run
    CURRENT = "current"  # the first that is not passed: what to work on
    LATER = "later"  # not passed either, and not reached yet
    OPEN = "open"  # its checks still run


class StageTask(Protocol):
    """A task, as the lab format, the catalog or a server names it."""

    @property
    def slug(self) -> str:
        """The task's name in checks."""

    @property
    def title(self) -> str:
        """What a learner calls it."""

    @property
    def sentence(self) -> str:
        """What is done when it is done."""


class KnownCheck(Protocol):
    """A check that a learner may know before it runs."""

    @property
    def name(self) -> str:
        """The check's name."""

    @property
    def task(self) -> str:
        """The task that it is bound to."""


class EndedCheck(KnownCheck, Protocol):
    """A check that ended somehow; not run is an end too."""

    @property
    def outcome(self) -> str:
        """How it ended; `passed` is what counts."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a lab, as one run of the checks left it.

    `passed_before_at` is when an earlier submission passed what this run did not.
    """

    slug: str
    title: str
    sentence: str
    number: int
    state: StageState
    passed_count: int
    check_count: int
    passed_before_at: datetime | None = None

    @property
    def is_reached(self) -> bool:
        """Whether what is missing here should be told aloud."""
        return self.state is not StageState.LATER


def is_staged(minutes: int, tasks: int, *, said: bool | None = None) -> bool:
    """Tell whether a lab is done in stages: as its author says, else if it is long."""
    return tasks > 1 and (minutes > LONGEST_WHOLE_MINUTES if said is None else said)


def find_stages(
    tasks: Sequence[StageTask],
    known: Iterable[KnownCheck],
    ended: Iterable[EndedCheck],
    *,
    is_over: bool,
    ran_hidden: bool,
) -> tuple[Stage, ...]:
    """Decide where every stage stands, by the checks that `ended` of those `known` beforehand.

    Until a run `is_over`, only what has failed is certain: all else is open.
    """
    named = [(check.name, check.task) for check in known]
    outcomes = {check.name: (check.task, check.outcome == "passed") for check in ended}
    stages: list[Stage] = []
    current: str | None = None
    for number, task in enumerate(tasks, start=1):
        results = [passed for of, passed in outcomes.values() if of == task.slug]
        awaited = sum(of == task.slug and name not in outcomes for name, of in named)
        has_failed = not all(results) or (is_over and (awaited > 0 or (ran_hidden and not results)))
        if has_failed:
            state = StageState.LATER if current else StageState.CURRENT
            current = current or task.slug
        elif not is_over:
            state = StageState.OPEN
        else:
            state = StageState.PASSED if ran_hidden else StageState.HOLDS
        count = len(results) + awaited
        words = (task.slug, task.title, task.sentence)
        stages.append(Stage(*words, number, state, sum(results), count))
    return tuple(stages)


def begin_stages(tasks: Sequence[StageTask], known: Iterable[KnownCheck]) -> tuple[Stage, ...]:
    """Return the stages of a lab of which nothing was run yet: the first is the current one."""
    return find_stages(tasks, known, (), is_over=True, ran_hidden=True)


def list_unreached(stages: Iterable[Stage]) -> frozenset[str]:
    """List the tasks whose checks are shown without a shout, since nobody is there yet."""
    return frozenset(stage.slug for stage in stages if not stage.is_reached)

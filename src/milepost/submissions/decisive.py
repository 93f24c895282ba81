"""Which of a run's checks to look at first: the rule of verdicts, of the road and of terminals.

It decides by outcomes alone; what may be shown of the check is `redaction`'s.
"""

from collections.abc import Container, Iterable
from typing import Protocol, TypeVar

from milepost.engine import Outcome, Verdict

_DECIDED_BY = {
    Verdict.LAB_BROKEN: Outcome.BROKEN,
    Verdict.TIMED_OUT: Outcome.TIMED_OUT,
    Verdict.CRASHED: Outcome.CRASHED,
    Verdict.FAILED: Outcome.FAILED,
}


class Ended(Protocol):
    """A check that ended somehow; not run is an end too."""

    @property
    def task(self) -> str:
        """The task that it is bound to."""

    @property
    def outcome(self) -> Outcome:
        """How it ended."""

    @property
    def hidden(self) -> bool:
        """Whether learners see its title and outcome alone."""


_Check = TypeVar("_Check", bound=Ended)


def find_decisive(
    verdict: Verdict | None, checks: Iterable[_Check], unreached: Container[str]
) -> _Check | None:
    """Return the first check that ended as the whole run did, else the first not passed.

    One of a task that is not `unreached` comes first. Of several alike, one that tells what
    happened comes before a hidden one.
    """
    outcome = _DECIDED_BY.get(verdict) if verdict else None

    def rank(check: _Check) -> tuple[bool, ...]:
        is_alike = check.outcome is outcome
        did_not_run = check.outcome is Outcome.NOT_RUN
        return did_not_run, check.task in unreached, not is_alike, check.hidden

    missed = (check for check in checks if check.outcome is not Outcome.PASSED)
    return min(missed, key=rank, default=None)

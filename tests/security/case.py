"""What a case is: files that cheat, what must catch them, and a benign twin that must pass.

The twin looks like the cheat and is honest, so that a grader which refuses everything fails too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from milepost.engine import Outcome, Verdict
from security.labs import Lab

# One file's text stands for the lab's main file.
Files = str | Mapping[str, str]


@dataclass(frozen=True)
class Caught:
    """The first check that did not pass, how it ended, how its message begins, and the limit hit."""

    check: str
    outcome: Outcome
    says: str
    limit: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of a run in which this is the gravest that happened."""
        return Verdict(self.outcome.value)


def failed(check: str, says: str) -> Caught:
    """The check's own assertion caught it, or a fault that the check did not expect."""
    return Caught(check, Outcome.FAILED, says)


def crashed(check: str, says: str) -> Caught:
    """It ended what the check was using."""
    return Caught(check, Outcome.CRASHED, says)


def timed_out(check: str, says: str) -> Caught:
    """It was ended because the time for one run, call, request or statement was up."""
    return Caught(check, Outcome.TIMED_OUT, says, "run_seconds")


def hit(limit: str, check: str, says: str) -> Caught:
    """It was ended at a limit, which the verdict names."""
    return Caught(check, Outcome.CRASHED, says, limit)


@dataclass(frozen=True)
class Case:
    """One cheat. What it does not ship is the lab's honest solution.

    `prints`, where given, is what the program of the failing check printed, exactly: an attempt
    that dies on the way would else look like one that was refused. The names `@LAB@`, `@LOOT@`,
    `@SHARED@`, `@PID@`, `@TCP@`, `@UDP@`, `@UNIX@` and `@ABSTRACT@` in a file become places on the
    host, since a cheat may know them all.
    """

    name: str
    lab: Lab
    cheat: Files
    twin: Files
    caught: Caught
    stack: str = "python"
    prints: str | None = None
    storm: bool = False  # takes long or much, so it runs in `make test-full` only

    def __str__(self) -> str:
        """Name the test after the case."""
        return f"{self.lab.kind}, {self.stack}: {self.name}"

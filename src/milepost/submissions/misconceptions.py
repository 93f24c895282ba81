"""Which known wrong answer of a lab a submission fails like.

Decides from what its learner may see of the checks; the wrong answers come from the lab's flawed
solutions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from milepost.engine import CheckResult, Outcome, Verdict
from milepost.submissions.types import Misconception

LEARNERS_FAULTS = frozenset({Verdict.FAILED, Verdict.TIMED_OUT, Verdict.CRASHED})


def explain_failure(
    known: Iterable[Mapping[str, Any]], verdict: Verdict | None, checks: Sequence[CheckResult]
) -> tuple[Misconception, ...]:
    """Return the known wrong answers that a run of all checks failed like.

    `checks` are redacted, so of hidden ones the outcome alone decides: whatever else did would be
    told by it.
    """
    if verdict not in LEARNERS_FAULTS:
        return ()
    if not all(check.has_run for check in checks):
        return ()  # a file with a typing error shows nothing of what its author understands
    outcomes = {check.name: check.outcome for check in checks}
    unsure = {check.name for check in checks if check.hurried}
    return find_misconceptions(known, outcomes, unsure)


def find_misconceptions(
    known: Iterable[Mapping[str, Any]],
    outcomes: Mapping[str, Outcome],
    unsure: Collection[str] = (),
) -> tuple[Misconception, ...]:
    """Return the known wrong answers that fail exactly the checks that failed here.

    `known` are a lab version's, each with the names of the checks that it `fails`. Checks that did
    not run, as hidden ones in a try, are not compared, nor `unsure` ones, which had little time.
    Where a run ended early, several may fit; then nobody can tell which, and there is none.
    """
    compared = {
        name: outcome
        for name, outcome in outcomes.items()
        if outcome is not Outcome.NOT_RUN and name not in unsure
    }
    failing = {name for name, outcome in compared.items() if outcome is not Outcome.PASSED}
    alike = {
        flaw["text"]: Misconception(title=flaw["title"], text=flaw["text"])
        for flaw in known
        if failing and compared.keys() & set(flaw["fails"]) == failing
    }
    ended_early = len(compared) < len(outcomes)
    return () if ended_early and len(alike) > 1 else tuple(alike.values())

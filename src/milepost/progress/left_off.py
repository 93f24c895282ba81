"""What a learner left unfinished, in words: the same on the road, in the API and in terminals.

Which piece of work it is, the newest that is not finished, is found by `queries.left_off`.
Invariant: a hidden check is counted and never named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.catalog.types import CheckTitle, TaskInfo
from milepost.engine import Outcome, Verdict
from milepost.labs.stages import Stage, StageState, find_stages, list_unreached
from milepost.submissions.decisive import find_decisive
from milepost.submissions.types import SubmissionKind

OUR_FAULTS = frozenset({Verdict.LAB_BROKEN, Verdict.ENGINE_FAILED})


@dataclass(frozen=True, slots=True)
class EndedCheck:
    """How a check of a run ended, and no more."""

    name: str
    task: str
    outcome: Outcome
    hidden: bool


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A run that has its verdict, with the lab's version as it was known before."""

    kind: SubmissionKind
    verdict: Verdict
    checks: tuple[EndedCheck, ...] = ()
    known: tuple[CheckTitle, ...] = ()  # the visible ones
    tasks: tuple[TaskInfo, ...] = ()
    is_staged: bool = False
    is_unbuilt: bool = False  # its compiler refused it, so no check ran


def find_check(run: EndedRun) -> CheckTitle | None:
    """Return the visible check to look at first, as verdicts do, or None if no such one failed."""
    seen = [check for check in run.checks if not check.hidden]
    first = find_decisive(run.verdict, seen, list_unreached(_list_stages(run)))
    return next((each for each in run.known if first and each.name == first.name), None)


def say_draft(*, has_run: bool) -> str:
    """Say what is left of a draft that differs from what was last handed in or tried."""
    return "a draft, changed since its last run" if has_run else "a draft that was not run yet"


def say_run(run: EndedRun) -> str:
    """Say how a run ended that finished nothing, without its first failed check."""
    if run.verdict is Verdict.PASSED:
        return "all checks that you can see pass; it is not submitted yet"
    if run.verdict in OUR_FAULTS:
        return "it could not be graded, through no fault of yours"
    if run.is_unbuilt:
        return "it does not build yet"
    if run.verdict is Verdict.TIMED_OUT:
        return f"the time ran out; {_count_missed(run)}"
    if run.verdict is Verdict.CRASHED:
        return f"it crashed; {_count_missed(run)}"
    return _count_missed(run)


def _count_missed(run: EndedRun) -> str:
    stages = _list_stages(run)
    current = next((stage for stage in stages if stage.state is StageState.CURRENT), None)
    if current is not None:
        missed = current.check_count - current.passed_count
        where = f"stage {current.number} of {len(stages)}, {current.title}: "
        return where + _say_missed(missed, current.check_count, run)
    missed = sum(check.outcome is not Outcome.PASSED for check in run.checks)
    return _say_missed(missed, len(run.checks), run)


def _say_missed(missed: int, count: int, run: EndedRun) -> str:
    if not count:
        return "no check was run"
    failed = run.verdict is Verdict.FAILED
    verb = ("fails" if missed == 1 else "fail") if failed else "did not pass"
    return f"{missed} of {count} {'check' if count == 1 else 'checks'} {verb}"


def _list_stages(run: EndedRun) -> Sequence[Stage]:
    if not run.is_staged:
        return ()
    ran_hidden = run.kind is SubmissionKind.SUBMISSION
    return find_stages(run.tasks, run.known, run.checks, is_over=True, ran_hidden=ran_hidden)

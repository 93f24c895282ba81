"""Whose fault a broken check is: the lab's, or that of the answer which it could not read.

A check breaks when it raises anything but an assertion or a GuestFault, or never ends. A value of
learner code can bring that about, so it counts as the lab's fault only if one of the lab's own
solutions breaks the same check. This module compares reports; it runs nothing.
"""

from dataclasses import replace

from milepost.engine.grading.tally import explain_outcomes
from milepost.engine.results import CheckResult, GradeReport, Outcome, Verdict, decide_verdict

_HINT = (
    "It expects something of another kind there: compare what came with what the brief asks for."
)
_TOO_LONG = "The whole run took longer than it may."


def list_broken(report: GradeReport) -> frozenset[str]:
    """Return the names of the checks of a report that broke."""
    return frozenset(check.name for check in report.checks if check.outcome is Outcome.BROKEN)


def is_lab_at_fault(report: GradeReport, solution: GradeReport) -> bool:
    """Return whether what broke with an answer broke with a solution of the lab too.

    Both reports are of the same lab, stack and seed. A lab whose checks could not even be loaded
    breaks with both, and names no check.
    """
    if solution.verdict is not Verdict.LAB_BROKEN:
        return False
    broken = list_broken(report)
    return bool(broken & list_broken(solution)) if broken else not list_broken(solution)


def blame_answer(report: GradeReport) -> GradeReport:
    """Return the report with each broken check as failed, and the verdict that follows from that.

    A report in which no check broke is returned as it is.
    """
    if not list_broken(report):
        return report
    checks = tuple(count_as_failed(check) for check in report.checks)
    verdict = decide_verdict([check.outcome for check in checks], report.limit_hit)
    visible = tuple(check for check in checks if not check.hidden)
    is_too_long = report.limit_hit == "wall_seconds"
    message = _TOO_LONG if is_too_long else explain_outcomes(verdict, checks)
    shown = report.shown
    if shown is not None:
        is_too_long = shown.limit_hit == "wall_seconds"
        told = _TOO_LONG if is_too_long else explain_outcomes(verdict, visible)
        shown = replace(shown, message=told)
    return replace(report, verdict=verdict, message=message, checks=checks, shown=shown)


def count_as_failed(check: CheckResult) -> CheckResult:
    """Return a check that broke as one that failed, with words for the learner; others as is."""
    if check.outcome is not Outcome.BROKEN:
        return check
    return replace(check, outcome=Outcome.FAILED, message=f"{check.message} {_HINT}", detail="")

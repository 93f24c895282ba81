"""Whose fault it is that a check broke: found out by grading the lab's own solutions.

A lab is closed only if one of its solutions, on the same stack and with the same seed, breaks the
same check. So no answer can close a lab, whatever its values are made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from milepost.catalog import queries as catalog
from milepost.engine import (
    CheckResult,
    GradeReport,
    GradeRequest,
    Outcome,
    Verdict,
    await_report,
    blame_answer,
    is_lab_at_fault,
    list_broken,
)
from milepost.grading.errors import GradingInterrupted
from milepost.grading.types import TaskContext
from milepost.labs import read_solutions_package
from milepost.submissions import service
from milepost.submissions.types import StartedGrading


@dataclass(frozen=True, slots=True)
class Adjudged:
    """A report that blames the right side, and the checks that could not read the answer.

    `is_engines` is False of a report that only ends a grading which the engine did not grade.
    """

    report: GradeReport
    unread: tuple[CheckResult, ...] = ()
    is_engines: bool = True


async def adjudge(
    context: TaskContext, grading: StartedGrading, request: GradeRequest, report: GradeReport
) -> Adjudged:
    """Return the report of a run in which the lab broke, with the blame where it belongs.

    Raises `GradingInterrupted` if that could not be found out through a fault of ours.
    """
    is_seen = any(check.outcome is Outcome.BROKEN and not check.hidden for check in report.checks)
    async with context.database.transaction() as session:
        if is_seen or not list_broken(report):  # that a hidden check broke is not told
            await service.record_doubt(session, grading_id=grading.id, attempt=grading.attempt)
        package = await catalog.find_solutions_package(session, grading.version_id)
    solutions = read_solutions_package(package, request.stack) if package is not None else {}
    for name, files in solutions.items():
        own = await _grade_solution(context, grading, request, files)
        if is_lab_at_fault(report, own):
            why = f"{own.message} Its own solution `{name}` shows it, with seed {request.seed}."
            return Adjudged(replace(report, message=why))
    if not list_broken(report) and not solutions:
        return Adjudged(report)  # no check has run, so no answer can have a part in it
    unread = tuple(check for check in report.checks if check.outcome is Outcome.BROKEN)
    if not unread:
        raise GradingInterrupted(grading.id, report.message)
    return Adjudged(blame_answer(report), unread)


async def _grade_solution(
    context: TaskContext, grading: StartedGrading, request: GradeRequest, files: Mapping[str, bytes]
) -> GradeReport:
    own = replace(request, run_id=f"{request.run_id}-own", files=files)
    report = await await_report(context.grader, own)
    if report.verdict is Verdict.ENGINE_FAILED:
        raise GradingInterrupted(grading.id, report.message)
    return report

"""What a run of an example printed, read from the evidence that the engine keeps of it.

How it is run is `service.examples`. Invariant: whatever the report holds, a result comes of it.
"""

from milepost.engine import CheckResult, GradeReport, Outcome
from milepost.engine.checks.rows import Rows
from milepost.engine.evidence.program import RanProgram
from milepost.engine.evidence.remarks import Note
from milepost.engine.evidence.sql import PLAN_AS_TEXT, Refused, SqlStatement, StatementResult
from milepost.engine.evidence.tables import TITLE, Tables
from milepost.engine.stacks.descriptions import name_stack
from milepost.examples.types import Ending, ExampleResult, StartedRun

_FAULT = "Milepost could not run this, through a fault of its own. Run it again in a moment."
_REFUSED = "{database} refused a statement, and nothing after it ran."
_NOT_PLANNED = (
    "{database} refused to plan it. SELECT, INSERT, UPDATE and DELETE have plans, and statements "
    "such as CREATE TABLE have none."
)
_FAILED = {Outcome.FAILED: Ending.STOPPED, Outcome.CRASHED: Ending.STOPPED}
_SHOWN_ROWS = 25  # that evidence keeps of a result
_LONGEST_OUTPUT = 16 * 1024  # in characters, as of one stream of a program


def read_result(report: GradeReport, started: StartedRun) -> ExampleResult:
    """Return what became of an example."""
    if not report.checks:
        return not_run()
    check = report.checks[0]
    programs = [piece for piece in check.evidence if isinstance(piece, RanProgram)]
    if programs:
        return _read_program(check, programs[-1])
    return _read_statements(check, started)


def not_run(message: str = _FAULT) -> ExampleResult:
    """Return the result of what Milepost could not run."""
    return ExampleResult(Ending.NOT_RUN, message)


def _read_program(check: CheckResult, ran: RanProgram) -> ExampleResult:
    return ExampleResult(
        ending=_find_ending(check),
        message=check.message,
        exit_code=ran.response.exit_code,
        stdout=ran.response.stdout,
        stderr=ran.response.stderr,
        is_cut=ran.truncated,
        seconds=ran.duration_seconds,
    )


def _read_statements(check: CheckResult, started: StartedRun) -> ExampleResult:
    """Return what psql would print of the statements, as far as they ran, or the plan of one."""
    if check.outcome is Outcome.BROKEN:
        return not_run()
    statements = [piece for piece in check.evidence if isinstance(piece, SqlStatement)]
    ran = [each for each in statements if each.ran_file == started.language.file]
    notes = {piece.title: piece.request for piece in check.evidence if isinstance(piece, Note)}
    plan = notes.get(PLAN_AS_TEXT, {}).get("plan")
    shown = plan or "\n".join(filter(None, (_show(each.response) for each in ran)))
    refused = [each.response for each in ran if isinstance(each.response, Refused)]
    ending, message, detail = _find_ending(check), check.message, check.detail
    if started.before and not ran and ending is not Ending.EXITED:
        message = f"What stands before this example failed, so it was not run. {message}"
    if ending is Ending.EXITED and refused:
        told = _REFUSED if plan is None else _NOT_PLANNED
        ending, message = Ending.REFUSED, told.format(database=name_stack(started.language.stack))
        detail = "\n".join(filter(None, (refused[0].error, refused[0].detail)))
    are_rows_cut = not plan and any(_is_cut(each) for each in ran)
    return ExampleResult(
        ending=ending,
        message=message,
        stdout=shown[:_LONGEST_OUTPUT],
        stderr=detail,
        is_cut=are_rows_cut or len(shown) > _LONGEST_OUTPUT,
        seconds=round(sum(each.duration_seconds for each in ran), 4),
        tables=Tables.read(notes[TITLE]) if TITLE in notes else None,
    )


def _find_ending(check: CheckResult) -> Ending:
    match check.outcome:
        case Outcome.PASSED:
            return Ending.EXITED
        case Outcome.TIMED_OUT:
            return Ending.TIMED_OUT
        case _:
            return _FAILED.get(check.outcome, Ending.NOT_RUN)


def _show(response: object) -> str:
    if not isinstance(response, StatementResult):
        return ""
    if isinstance(response.columns, str) or isinstance(response.rows, str) or not response.columns:
        return response.command or ""
    table = Rows(response.columns, response.rows).as_table()
    more = (response.row_count or 0) - len(response.rows)
    return f"{table}\n… and {more} more rows" if more > 0 else table


def _is_cut(ran: SqlStatement) -> bool:
    response = ran.response
    count = response.row_count if isinstance(response, StatementResult) else None
    return ran.truncated or (count or 0) > _SHOWN_ROWS

"""`milepost jobs`: what waits and what runs in the queue, and cancelling one.

For whoever runs Milepost. Which worker may take what is the fleet's; here it is only shown.
"""

from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.cli.commands.options import AsJson, DataFolder
from milepost.cli.output.console import print_json
from milepost.cli.output.moments import say_since
from milepost.cli.processes.own_database import do_in_own_database
from milepost.submissions.queries import JobState, JobView, list_jobs
from milepost.submissions.service.regrading import cancel_grading

app = typer.Typer(rich_markup_mode=None)
_MOST_SHOWN = 100
_STYLES = {
    JobState.RUNNING: "green",
    JobState.PAUSED: "yellow",
    JobState.RESTING: "yellow",
    JobState.STUCK: "bold red",
}


@app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """List what runs and what waits, in the order in which it is taken."""
    if context.invoked_subcommand is not None:
        return
    found = do_in_own_database(data, list_jobs)
    if as_json:
        print_json({"jobs": [_to_json(job) for job in found]})
    elif found:
        _print(found)
    else:
        typer.echo("Nothing waits and nothing runs.")


@app.command()
def cancel(
    job: Annotated[int, typer.Argument(metavar="ID", help="The job, as the list numbers it.")],
    data: DataFolder = None,
) -> None:
    """End a job that waits or runs. A learner is told, and no attempt is used."""
    grading_id = do_in_own_database(data, partial(_cancel, job=job))
    if grading_id is None:
        typer.echo(f"Job {job} is ended. No grading was cancelled: a verdict that is there stays.")
        return
    typer.echo(f"Job {job} is cancelled.")
    typer.echo(f"Its learner is told. `milepost regrade {grading_id}` queues it again.")


async def _cancel(session: AsyncSession, *, job: int) -> object:
    return await cancel_grading(session, job)


def _print(found: list[JobView]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("job", "", "since", "what", "by"):
        table.add_column(heading, overflow="fold")
    for job in found[:_MOST_SHOWN]:
        what = f"{job.lab} in {job.stack}" if job.lab else job.task
        table.add_row(
            str(job.id),
            Text(job.state, _STYLES.get(job.state, "")),
            say_since(job.since),
            Text(what if job.kind != "try" else f"{what} (a try)"),
            Text(_say_by_whom(job)),
        )
    Console().print(table)
    if len(found) > _MOST_SHOWN:
        typer.echo(f"And {len(found) - _MOST_SHOWN:,} more; --json lists them all.")


def _say_by_whom(job: JobView) -> str:
    if job.state is JobState.STUCK:
        return f"no worker has {', '.join(job.lacking)}" if job.lacking else "no worker takes jobs"
    if job.state is JobState.RESTING:
        return "the workers rest after faults, and try again by themselves"
    if job.retry_at is not None:
        return f"again at {job.retry_at:%H:%M:%S} UTC, after: {job.fault}"
    return job.worker or ""


def _to_json(job: JobView) -> dict[str, object]:
    moments = {
        name: value and value.isoformat()
        for name, value in (("since", job.since), ("retry_at", job.retry_at))
    }
    grading_id = None if job.grading_id is None else str(job.grading_id)
    return {**asdict(job), **moments, "grading_id": grading_id}

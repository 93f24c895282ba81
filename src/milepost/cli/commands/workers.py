"""`milepost workers`: the workers that serve the queue, and having one take no more jobs.

For whoever runs Milepost. A worker lists itself; nothing here starts or stops one.
"""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.cli.commands.options import AsJson, DataFolder
from milepost.cli.output.console import print_json
from milepost.cli.output.moments import say_since
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.own_database import do_in_own_database
from milepost.core.fleet import WorkerState, WorkerView, list_workers, set_draining
from milepost.submissions.queries import JobView, list_jobs

app = typer.Typer(rich_markup_mode=None)
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The worker, by name or number.")]
_STYLES = {
    WorkerState.READY: "green",
    WorkerState.DRAINING: "yellow",
    WorkerState.RESTING: "yellow",
    WorkerState.UNFIT: "bold red",
    WorkerState.OVERTAKEN: "bold red",
    WorkerState.LOST: "bold red",
}


@app.callback(invoke_without_command=True)
def workers(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """List the workers: what each can grade, what it runs, and when it was last seen."""
    if context.invoked_subcommand is not None:
        return
    found, jobs = do_in_own_database(data, _list)
    if as_json:
        print_json({"workers": [_to_json(worker, jobs) for worker in found]})
    elif found:
        _print(found, jobs)
    else:
        typer.echo("No worker is running. `milepost worker` starts one.")


@app.command()
def drain(name: _Name, data: DataFolder = None) -> None:
    """Have a worker finish what it runs and take nothing more, until it is started anew."""
    _drain(name, data, draining=True)
    typer.echo(f"{name} takes no more jobs; what it runs comes to its end.")


@app.command()
def undrain(name: _Name, data: DataFolder = None) -> None:
    """Have a drained worker take jobs again."""
    _drain(name, data, draining=False)
    typer.echo(f"{name} takes jobs.")


def _drain(name: str, data: Path | None, *, draining: bool) -> None:
    if not do_in_own_database(data, partial(set_draining, name=name, draining=draining)):
        fail_used_wrongly(f"There is no worker {name}.", "`milepost workers` lists them.")


async def _list(session: AsyncSession) -> tuple[list[WorkerView], list[JobView]]:
    return await list_workers(session), await list_jobs(session)


def _print(found: list[WorkerView], jobs: list[JobView]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "worker", "", "runs", "seen", "can grade"):
        table.add_column(heading, overflow="fold")
    for worker in found:
        table.add_row(
            str(worker.id),
            Text(worker.name),
            Text(worker.state, _STYLES[worker.state]),
            f"{worker.running} of {worker.slots}",
            f"{say_since(worker.seen_at)} ago",
            Text(_say_abilities(worker)),
        )
        for job in _of(worker, jobs):
            what = f"{job.lab} in {job.stack}" if job.lab else job.task
            table.add_row("", Text(f"job {job.id}: {what}, for {say_since(job.since)}", "dim"))
    console = Console()
    console.print(table)
    for worker in found:
        if worker.problem:
            about = Text.assemble("\n", (f"{worker.name}: ", "bold"), worker.problem)
            console.print(about, soft_wrap=True)


def _say_abilities(worker: WorkerView) -> str:
    stacks = ", ".join(worker.stacks) or "nothing"
    return f"{stacks} ({worker.isolation or 'not isolated'}), Milepost {worker.version}"


def _of(worker: WorkerView, jobs: list[JobView]) -> list[JobView]:
    return [job for job in jobs if job.worker_id == worker.id]


def _to_json(worker: WorkerView, jobs: list[JobView]) -> dict[str, object]:
    since = worker.draining_since
    return {
        **asdict(worker),
        "abilities": sorted(worker.abilities),
        "started_at": worker.started_at.isoformat(),
        "seen_at": worker.seen_at.isoformat(),
        "draining_since": None if since is None else since.isoformat(),
        "jobs": [job.id for job in _of(worker, jobs)],
    }

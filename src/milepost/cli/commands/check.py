"""`milepost check`: the lab's visible checks, run here and offline, in the same isolation.

The engine is the server's own; only the hidden checks stay there. How it is asked is
`local_checks`, and when, with `--watch`, is `watching`.
"""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.output.checks import exit_code
from milepost.cli.output.console import make_console, print_json
from milepost.cli.output.problems import fail_ours, fail_used_wrongly
from milepost.cli.workspace.local_checks import (
    build_request,
    draw_seed,
    list_stages,
    name_stages,
    open_engine,
    print_end,
    print_heading,
    run_checks,
)
from milepost.cli.workspace.work_folder import WorkFolder, open_work_folder
from milepost.engine import GradeReport, GradeRequest, IsolationUnavailable, StackUnavailable
from milepost.engine.serialize import report_to_json, to_json


def check(
    folder: Annotated[Path, typer.Argument(help="A folder that `milepost start` made.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw the same inputs as a run with this seed.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Explain every check that fails, not only the first.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help="Run only the check of this name. Can be repeated."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run again whenever you save, until Ctrl-C.")
    ] = False,
) -> None:
    """Run the lab's visible checks on your files, here, without the server."""
    if watch and as_json:
        fail_used_wrongly("--watch is for people and --json for scripts.", "Choose one of them.")
    try:
        if watch:
            _watch(folder, seed, only or (), every=every)
        else:
            _check_once(folder, seed, only or (), as_json=as_json, every=every)
    except (IsolationUnavailable, StackUnavailable) as refusal:
        fail_ours(str(refusal), "`milepost submit` has them run on the server instead.")


def _watch(folder: Path, seed: int | None, only: Sequence[str], *, every: bool) -> None:
    from milepost.cli.workspace.watching import check_on_save

    work = open_work_folder(folder)
    watching = check_on_save(make_console(), work, seed, only, every=every)
    asyncio.run(_until_interrupted(watching))


async def _until_interrupted(work: Coroutine[None, None, None]) -> None:
    """Have Ctrl-C cancel the work between two steps of the loop.

    asyncio's own handler may cancel amid a step, and then `asyncio.wait` complains of its state.
    """
    task = asyncio.create_task(work)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _check_once(
    folder: Path, seed: int | None, only: Sequence[str], *, as_json: bool, every: bool
) -> None:
    work = open_work_folder(folder)
    request = build_request(work, seed if seed is not None else draw_seed(), only)
    console = make_console(stderr=as_json)
    print_heading(console, work)
    report = asyncio.run(_run(console, request, work))
    if as_json:
        facts = {"lab": work.facts.lab, "version": work.facts.version, "stack": work.facts.stack}
        stages = [to_json(stage) for stage in list_stages(work, report, only)]
        print_json({**facts, **report_to_json(report), "stages": stages})
    else:
        names = "".join(f" --only {name}" for name in only)
        again = f"The same inputs again: milepost check --seed {report.seed}{names}"
        print_end(console, report, work, again=again, only=only, every=every)
    raise typer.Exit(exit_code(report.verdict))


async def _run(console: Console, request: GradeRequest, work: WorkFolder) -> GradeReport:
    async with open_engine() as engine:
        return await run_checks(console, engine, request, stages=name_stages(work))

"""`milepost check`: the lab's visible checks, run here and offline, in the same isolation.

The engine is the server's own; only the hidden checks stay there. What it says is no verdict that
counts, so nothing is sent or stored.
"""

import asyncio
import random
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.problems import fail_ours
from milepost.cli.shown_checks import exit_code, print_check, print_first_failure, print_verdict
from milepost.cli.source_files import collect_files
from milepost.cli.terminal import make_console, plain, print_json
from milepost.cli.work_folder import WorkFolder, load_package, open_work_folder
from milepost.core.config import get_settings
from milepost.engine import (
    CheckFinished,
    CheckStarted,
    Engine,
    GradeReport,
    GradeRequest,
    GradingFinished,
    IsolationUnavailable,
    StackUnavailable,
)
from milepost.engine.serialize import report_to_json

_SEED_BITS = 31


def check(
    folder: Annotated[Path, typer.Argument(help="A folder that `milepost start` made.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw the same inputs as a run with this seed.")
    ] = None,
) -> None:
    """Run the lab's visible checks on your files, here, without the server."""
    work = open_work_folder(folder)
    try:
        request = _build_request(work, seed if seed is not None else random.getrandbits(_SEED_BITS))
        console = make_console(stderr=as_json)
        console.print(f"{work.facts.title}, written in {work.facts.stack}: the visible checks")
        report = asyncio.run(_run(console, request, work))
    except (IsolationUnavailable, StackUnavailable) as refusal:
        fail_ours(str(refusal), "`milepost submit` has them run on the server instead.")
    if as_json:
        facts = {"lab": work.facts.lab, "version": work.facts.version, "stack": work.facts.stack}
        print_json(facts | report_to_json(report))
    else:
        _print_end(console, report, work)
    raise typer.Exit(exit_code(report.verdict))


def _build_request(work: WorkFolder, seed: int) -> GradeRequest:
    lab = load_package(work)
    return GradeRequest(
        run_id=f"check-{seed}",
        lab=work.package,
        stack=work.facts.stack,
        entry=lab.entries[work.facts.stack],
        files=collect_files(work, otherwise="Nothing was checked."),
        seed=seed,
        limits=lab.limits,
        include_hidden=False,
    )


async def _run(console: Console, request: GradeRequest, work: WorkFolder) -> GradeReport:
    titles = {spec.name: spec.title for spec in load_package(work).checks}
    with tempfile.TemporaryDirectory(prefix="milepost-") as scratch:
        async with Engine(
            runtime_dir=Path(scratch), stacks_dir=get_settings().stacks_dir
        ) as engine:
            with console.status("Preparing") as progress:
                async with aclosing(engine.grade(request)) as events:
                    async for event in events:
                        match event:
                            case CheckStarted():
                                progress.update(plain(titles.get(event.name, event.name)))
                            case CheckFinished():
                                print_check(console, event.result)
                            case GradingFinished():
                                return event.report
    raise RuntimeError("the engine ended without a report")


def _print_end(console: Console, report: GradeReport, work: WorkFolder) -> None:
    print_first_failure(console, report.checks)
    print_verdict(console, report.verdict, report.message, report.checks)
    if report.verdict == "passed":
        hidden = work.facts.hidden_checks
        more = f", and {hidden} more that only the server knows" if hidden else ""
        console.print(f"Hand it in with `milepost submit`: it runs these checks{more}.")
    else:
        console.print(f"The same inputs again: milepost check --seed {report.seed}")

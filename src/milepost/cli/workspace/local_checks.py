"""Running a work folder's visible checks on this machine, with the server's own engine.

For `check` once and for `check --watch` again and again. What it says is no verdict that counts,
so nothing is sent or stored.
"""

import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from rich.console import Console

from milepost.cli.output.checks import print_build, print_failures, print_verdict
from milepost.cli.output.console import say
from milepost.cli.output.live_checks import LiveChecks
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.stages import list_later, print_stages
from milepost.cli.output.words import name_stack
from milepost.cli.workspace.source_files import collect_files
from milepost.cli.workspace.work_folder import WorkFolder, load_package
from milepost.core.config import get_settings
from milepost.engine import (
    CheckFinished,
    ChecksCollected,
    CheckStarted,
    Engine,
    GradeReport,
    GradeRequest,
    GradingFinished,
    blame_answer,
    count_as_failed,
    find_stacks_dir,
    load_stack,
)
from milepost.labs.stages import Stage, find_stages

_SEED_BITS = 31


def draw_seed() -> int:
    """Return a seed that no run had before, as far as chance goes."""
    return random.getrandbits(_SEED_BITS)


@asynccontextmanager
async def open_engine() -> AsyncIterator[Engine]:
    """Keep an engine, and what it keeps warm, for as long as runs may come."""
    settings = get_settings()
    with tempfile.TemporaryDirectory(prefix="milepost-") as scratch:
        async with Engine(
            runtime_dir=Path(scratch), stacks_dir=settings.stacks_dir, tier=settings.isolation
        ) as engine:
            yield engine


def build_request(work: WorkFolder, seed: int, only: Sequence[str] = ()) -> GradeRequest:
    """Ask for the visible checks, or those named, on the files as they are now.

    Ends the command if they can't be sent; raises StackUnavailable, which names the fix.
    """
    lab = load_package(work)
    names = [check.name for check in lab.checks]
    for name in only:
        if name not in names:
            known = "\n  ".join(["It has:", *names])
            fail_used_wrongly(f"{work.facts.title} has no check called {name}.", known)
    load_stack(work.facts.stack, find_stacks_dir(get_settings().stacks_dir))
    return GradeRequest(
        run_id=f"check-{seed}",
        lab=work.package,
        stack=work.facts.stack,
        spec=lab.grading,
        files=collect_files(work, otherwise="Nothing was checked."),
        seed=seed,
        include_hidden=False,
        only=tuple(only),
    )


async def run_checks(
    console: Console,
    engine: Engine,
    request: GradeRequest,
    *,
    stages: Sequence[tuple[str, str]] = (),
) -> GradeReport:
    """Run the checks, each shown as it runs and as it ends. May raise IsolationUnavailable.

    A check that broke could not read the answer, as far as anyone can tell without the lab's own
    solutions, which stay on the server: it counts as failed.
    """
    titles: dict[str, str] = {}
    with LiveChecks(console, "Preparing", tasks=stages) as live:
        async with aclosing(engine.grade(request)) as events:
            async for event in events:
                match event:
                    case ChecksCollected():
                        titles = {check.name: check.title for check in event.checks}
                        live.expect(len(titles))
                    case CheckStarted():
                        live.begin(titles.get(event.name, event.name))
                    case CheckFinished():
                        live.finish(count_as_failed(event.result))
                    case GradingFinished():
                        return blame_answer(event.report)
    raise RuntimeError("the engine ended without a report")


def name_stages(work: WorkFolder) -> list[tuple[str, str]]:
    """List the slugs and titles of a lab's stages; none of a lab that has none."""
    lab = load_package(work)
    return [(task.slug, task.title) for task in lab.tasks] if lab.is_staged else []


def list_stages(work: WorkFolder, report: GradeReport, only: Sequence[str]) -> tuple[Stage, ...]:
    """Return where each stage stands after this run; nothing of a run of some checks alone."""
    lab = load_package(work)
    if not lab.is_staged or only:
        return ()
    return find_stages(lab.tasks, lab.checks, report.checks, is_over=True, ran_hidden=False)


def print_heading(console: Console, work: WorkFolder) -> None:
    """Print whose checks follow."""
    console.print(
        f"{work.facts.title}, written in {name_stack(work.facts.stack)}: the visible checks"
    )


def print_end(
    console: Console,
    report: GradeReport,
    work: WorkFolder,
    *,
    again: str,
    only: Sequence[str] = (),
    every: bool = False,
) -> None:
    """Print failures, the verdict, and what to do next: `again` if it did not pass."""
    rest = f"Each is explained by: milepost check --all --seed {report.seed}"
    stages = list_stages(work, report, only)
    print_failures(console, report.checks, every=every, rest=rest, later=list_later(stages))
    print_build(console, report.build)
    print_verdict(console, report.verdict, report.message, report.checks)
    print_stages(console, stages, what="run")
    if report.verdict == "passed" and only:
        say(console, "Nothing else was run: `milepost check` runs every visible check.")
    elif report.verdict == "passed":
        hidden = work.facts.hidden_checks
        more = f", and {hidden} more that only the server knows" if hidden else ""
        say(console, f"Hand it in with `milepost submit`: it runs these checks{more}.")
    else:
        say(console, again)

"""`milepost labs verify`: lets labs prove themselves, and says what stands in the way.

The gates live in `labs.verification`. Standard output holds the outcome, standard error the
progress; exit code 0 means verified, 1 not verified, 2 used wrongly, 3 a fault of ours.
"""

import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from milepost.cli.problems import ExitCode, fail_ours, fail_used_wrongly
from milepost.core.config import get_settings
from milepost.engine import Engine, IsolationUnavailable
from milepost.labs import Lab, LabInvalid, load_lab
from milepost.labs.verification import (
    GateResult,
    Plan,
    Record,
    RunOutcome,
    VerificationImpossible,
    refuse_binding,
    render_gate,
    render_record,
    verify_lab,
    write_record,
)

LARGEST_SEED = 2**32 - 1


def verify(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Slugs, or folders, of labs.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Verify every lab there is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    seeds: Annotated[int, typer.Option(min=1, max=50, help="How many seeds.")] = 3,
    repeats: Annotated[
        int, typer.Option(min=1, max=50, help="How often each solution meets each seed.")
    ] = 2,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="The first seed; else a new one.")
    ] = None,
    record: Annotated[
        bool, typer.Option(help="Write verified.json into the folder of each lab.")
    ] = True,
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
) -> None:
    """Prove that labs accept right answers and refuse wrong ones, each for its own reason."""
    folders = _find_folders(labs or [], every=every, content=content)
    first = seed if seed is not None else random.SystemRandom().randrange(LARGEST_SEED)
    plan = Plan(tuple((first + step) % (LARGEST_SEED + 1) for step in range(seeds)), repeats)
    try:
        found = asyncio.run(_verify_all(folders, plan, write=record))
    except (IsolationUnavailable, VerificationImpossible) as error:
        fail_ours(str(error))
    if as_json:
        typer.echo(json.dumps({"labs": [_render(*item) for item in found]}, indent=2))
    else:
        for item in found:
            _print(*item)
    if not all(_is_verified(outcome) for _, outcome in found):
        raise typer.Exit(ExitCode.FAILED)


# What verification found: a record of runs, or the gates that kept the lab from being run.
Found = tuple[str, Record | tuple[GateResult, ...]]


def _find_folders(names: Sequence[str], *, every: bool, content: Path) -> list[Path]:
    known = {folder.name: folder for folder in sorted(content.glob("*/*/labs/*/"))}
    if every == bool(names):
        fail_used_wrongly("It is not clear which labs are meant.", "Name some, or say --all.")
    if every and not known:
        fail_used_wrongly(
            f"There is no lab in {content}.", "Name the folder of all paths with --content."
        )
    folders = list(known.values()) if every else []
    for name in names:
        folder = known.get(name, Path(name))
        if not folder.is_dir():
            fail_used_wrongly(f"There is no lab {name!r}. There is: {', '.join(known) or 'none'}.")
        folders.append(folder)
    return folders


async def _verify_all(folders: Sequence[Path], plan: Plan, *, write: bool) -> list[Found]:
    found: list[Found] = []
    with tempfile.TemporaryDirectory(prefix="milepost-engine-") as scratch:
        stacks_dir = get_settings().stacks_dir
        async with Engine(runtime_dir=Path(scratch), stacks_dir=stacks_dir) as engine:
            for folder in folders:
                try:
                    lab = load_lab(folder)
                except LabInvalid as error:
                    found.append((folder.name, refuse_binding(error.problems)))
                    continue
                outcome = await _verify_one(lab, engine, plan)
                if write:
                    _write(folder, outcome)
                found.append((lab.slug, outcome))
    return found


async def _verify_one(lab: Lab, engine: Engine, plan: Plan) -> Record:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task(lab.slug, total=None, last="")

        def finish(outcome: RunOutcome) -> None:
            progress.update(line, advance=1, last=outcome.run.place)

        return await verify_lab(
            lab,
            engine,
            plan,
            on_start=lambda count: progress.update(line, total=count),
            on_finish=finish,
        )


def _write(folder: Path, outcome: Record) -> None:
    try:
        write_record(folder, outcome)
    except OSError as error:
        typer.echo(f"The record of {outcome.lab} was not kept: {error}", err=True)


def _is_verified(outcome: Record | tuple[GateResult, ...]) -> bool:
    return isinstance(outcome, Record) and outcome.verified


def _render(name: str, outcome: Record | tuple[GateResult, ...]) -> dict[str, Any]:
    if isinstance(outcome, Record):
        return render_record(outcome)
    return {"lab": name, "verified": False, "gates": [render_gate(gate) for gate in outcome]}


def _print(name: str, outcome: Record | tuple[GateResult, ...]) -> None:
    typer.echo(f"{name}: {'verified' if _is_verified(outcome) else 'not verified'}")
    for gate in outcome.gates if isinstance(outcome, Record) else outcome:
        typer.echo(f"  {'✓' if gate.passed else '✗'} gate {gate.gate}  {gate.title}")
        for problem in gate.problems:
            typer.echo(f"      {problem}")
    if isinstance(outcome, Record):
        _print_facts(outcome)


def _print_facts(record: Record) -> None:
    runs = ", ".join(f"{count} {kind}" for kind, count in record.runs.items())
    versions = ", ".join(record.stacks.values())
    typer.echo(f"  runs: {runs}, in {record.seconds:.0f} s, on {versions}")
    typer.echo(
        f"  seeds: {', '.join(map(str, record.seeds))}, each solution {record.repeats} times"
    )
    shares = {name: used / limit for name, (used, limit) in record.peaks.items() if limit}
    closest = max(shares, key=lambda name: shares[name])
    typer.echo(f"  closest to a limit: {closest}, {shares[closest]:.0%} of it")

"""`milepost labs verify`: lets labs prove themselves, and says what stands in the way.

The gates live in `labs.verification`, how an outcome is printed in `verify_report`. Standard
output holds the outcome, standard error the progress; exit code 0 means that every gate asked for
was passed, 1 that one was not, 2 used wrongly, 3 a fault of ours.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.bars import make_bar
from milepost.cli.lab_folders import find_lab_folder, list_lab_folders
from milepost.cli.local_checks import open_engine
from milepost.cli.problems import ExitCode, fail_ours, fail_used_wrongly
from milepost.cli.verify_report import Found, has_passed, print_all
from milepost.engine import Engine, IsolationUnavailable
from milepost.labs import Lab, LabInvalid, load_lab
from milepost.labs.verification import (
    ALL_GATES,
    LARGEST_SEED,
    MUTANTS,
    SPOILED_RUNS,
    Plan,
    PlannedRun,
    Progress,
    Record,
    VerificationImpossible,
    refuse_binding,
    verify_lab,
    write_record,
)

_SAY_AFTER_SECONDS = 15.0
_Mutants = Annotated[
    int, typer.Option(min=1, max=1000, help="How many mutants of a solution, at most.")
]
_MutantSeed = Annotated[
    int,
    typer.Option(
        min=0, max=LARGEST_SEED, help="Chooses which mutants and spoiled answers, if not all."
    ),
]
_SpoiledRuns = Annotated[
    int,
    typer.Option(
        min=1, max=1000, help="How many runs with spoiled answers of a solution, at most."
    ),
]


def verify(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Slugs, or folders, of labs.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Verify every lab there is.")] = False,
    only_gate: Annotated[
        list[int] | None,
        typer.Option(min=1, max=7, help="Ask this gate only (several times for several)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    seeds: Annotated[int, typer.Option(min=1, max=50, help="How many seeds.")] = 3,
    repeats: Annotated[
        int, typer.Option(min=1, max=50, help="How often each solution meets each seed.")
    ] = 2,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="The first seed; else a new one.")
    ] = None,
    mutants: _Mutants = MUTANTS,
    mutant_seed: _MutantSeed = 1,
    spoiled_runs: _SpoiledRuns = SPOILED_RUNS,
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
    plan = Plan(
        tuple((first + step) % (LARGEST_SEED + 1) for step in range(seeds)),
        repeats,
        mutants=mutants,
        mutant_seed=mutant_seed,
        spoiled_runs=spoiled_runs,
        gates=frozenset(only_gate) if only_gate else ALL_GATES,
    )
    try:
        found = asyncio.run(_verify_all(folders, plan, write=record and not only_gate))
    except (IsolationUnavailable, VerificationImpossible) as error:
        fail_ours(str(error))
    print_all(found, as_json=as_json)
    if not all(has_passed(item) for item in found):
        raise typer.Exit(ExitCode.FAILED)


def _find_folders(names: Sequence[str], *, every: bool, content: Path) -> list[Path]:
    known = list_lab_folders(content)
    if every == bool(names):
        fail_used_wrongly("It is not clear which labs are meant.", "Name some, or say --all.")
    if every and not known:
        fail_used_wrongly(
            f"There is no lab in {content}.", "Name the folder of all paths with --content."
        )
    return list(known.values()) if every else [find_lab_folder(name, content) for name in names]


async def _verify_all(folders: Sequence[Path], plan: Plan, *, write: bool) -> list[Found]:
    found: list[Found] = []
    async with open_engine() as engine:
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
    console = Console(stderr=True)
    if not console.is_terminal:
        return await verify_lab(lab, engine, plan, _Lines(lab.slug).progress())
    with make_bar(console) as shown:
        line = shown.add_task(lab.slug, total=None, last="")

        def finish(run: PlannedRun) -> None:
            shown.update(line, advance=1, last=run.place)

        progress = Progress(start=lambda count: shown.update(line, total=count), finish=finish)
        return await verify_lab(lab, engine, plan, progress)


class _Lines:
    """Progress where nobody sees a bar move: a line now and then, with what is left."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._total = self._done = 0
        self._started = self._said = time.monotonic()

    def progress(self) -> Progress:
        return Progress(start=self._start, finish=self._finish)

    def _start(self, total: int) -> None:
        if not self._total:
            typer.echo(f"{self._slug}: {total} runs", err=True)
        self._total = total

    def _finish(self, run: PlannedRun) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._said < _SAY_AFTER_SECONDS:
            return
        self._said = now
        left = (now - self._started) / self._done * (self._total - self._done)
        typer.echo(
            f"{self._slug}: {self._done} of {self._total} runs, about {left / 60:.0f} min left;"
            f" last {run.place}",
            err=True,
        )


def _write(folder: Path, outcome: Record) -> None:
    try:
        write_record(folder, outcome)
    except OSError as error:
        typer.echo(f"The record of {outcome.lab} was not kept: {error}", err=True)

"""`milepost labs verify`: lets labs prove themselves, and says what stands in the way.

The gates live in `labs.verification`, how an outcome is printed in `verify_report`. Standard
output holds the outcome, standard error the progress; exit code 0 means that every gate asked for
was passed, 1 that one was not, 2 used wrongly, 3 a fault of ours.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.output.bars import make_bar
from milepost.cli.output.problems import ExitCode, fail_ours, fail_used_wrongly
from milepost.cli.output.verify_report import Found, describe_rest, has_passed, print_all
from milepost.cli.workspace.lab_folders import find_lab_folder
from milepost.cli.workspace.local_checks import open_engine
from milepost.core.config import get_settings
from milepost.engine import Engine, IsolationUnavailable
from milepost.labs import Lab, LabInvalid, list_lab_folders, load_lab
from milepost.labs.verification import (
    ALL_GATES,
    LARGEST_SEED,
    MUTANTS,
    SPOILED_RUNS,
    KeptResults,
    Plan,
    PlannedRun,
    Progress,
    Record,
    VerificationImpossible,
    identify_tools,
    refuse_binding,
    verify_lab,
    write_record,
)

_SAY_AFTER_SECONDS = 15.0
_KEPT = Path("cache", "verification")  # in the data folder
_SEED = "seed"  # the note of the first seed that was drawn
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
_FirstSeed = Annotated[
    int | None,
    typer.Option(
        min=0, max=LARGEST_SEED, help="The first seed; else that of the last time, or a new one."
    ),
]
_Fresh = Annotated[
    bool,
    typer.Option(
        "--fresh", help="Run everything, with new seeds: forget what is known from before."
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
    seed: _FirstSeed = None,
    fresh: _Fresh = False,
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
    plan = Plan(
        _list_seeds(seed or 0, seeds),
        repeats,
        mutants=mutants,
        mutant_seed=mutant_seed,
        spoiled_runs=spoiled_runs,
        gates=frozenset(only_gate) if only_gate else ALL_GATES,
    )
    asked = _Asked(plan, draws=seed is None, fresh=fresh, write=record and not only_gate)
    try:
        found = asyncio.run(_verify_all(folders, asked))
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every lab."""

    plan: Plan
    draws: bool  # whether the seeds are ours to draw
    fresh: bool
    write: bool

    def open_kept(self, lab: Lab) -> KeptResults:
        """Return what is known of a lab from before, which is nothing where all is asked anew."""
        settings = get_settings()
        tools = identify_tools(lab, settings.stacks_dir, settings.isolation)
        kept = KeptResults(settings.data_dir / _KEPT, lab, tools)
        if self.fresh:
            kept.forget_all()
        return kept

    def plan_for(self, kept: KeptResults) -> Plan:
        """Return the plan with the seeds of the last time, of which much is known, or new ones."""
        if not self.draws:
            return self.plan
        last = kept.notes.get(_SEED)
        first = last if isinstance(last, int) else random.SystemRandom().randrange(LARGEST_SEED)
        kept.notes[_SEED] = first
        return replace(self.plan, seeds=_list_seeds(first, len(self.plan.seeds)))


def _list_seeds(first: int, count: int) -> tuple[int, ...]:
    return tuple((first + step) % (LARGEST_SEED + 1) for step in range(count))


async def _verify_all(folders: Sequence[Path], asked: _Asked) -> list[Found]:
    found: list[Found] = []
    async with open_engine() as engine:
        for folder in folders:
            try:
                lab = load_lab(folder)
            except LabInvalid as error:
                found.append((folder.name, refuse_binding(error.problems)))
                continue
            outcome = await _verify_one(lab, engine, asked)
            if asked.write:
                _write(folder, outcome)
            found.append((lab.slug, outcome))
    return found


async def _verify_one(lab: Lab, engine: Engine, asked: _Asked) -> Record:
    kept = asked.open_kept(lab)
    plan = asked.plan_for(kept)
    console = Console(stderr=True)
    if not console.is_terminal:
        return await verify_lab(lab, engine, plan, _Lines(lab.slug).progress(), kept)
    with make_bar(console) as shown:
        line = shown.add_task(lab.slug, total=None, last="", left="")

        def finish(run: PlannedRun) -> None:
            shown.update(line, advance=1, last=run.place)

        def remain(seconds: float | None, _known: int) -> None:
            shown.update(line, left=describe_rest(seconds))

        progress = Progress(
            start=lambda count: shown.update(line, total=count), finish=finish, remain=remain
        )
        return await verify_lab(lab, engine, plan, progress, kept)


class _Lines:
    """Progress where nobody sees a bar move: a line now and then, with what is left."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._total = self._done = self._known = 0
        self._left: float | None = None
        self._said = 0.0

    def progress(self) -> Progress:
        return Progress(start=self._start, finish=self._finish, remain=self._remain)

    def _start(self, total: int) -> None:
        self._total = total

    def _remain(self, seconds: float | None, known: int) -> None:
        self._left, self._known = seconds, known
        if not self._said:
            self._say(f"some {self._total} runs, {describe_rest(seconds)}")

    def _finish(self, run: PlannedRun) -> None:
        self._done += 1
        self._total = max(self._total, self._done)  # looking closer at a result takes runs more
        if time.monotonic() - self._said >= _SAY_AFTER_SECONDS:
            known = f" ({self._known} known from before)" if self._known else ""
            rest = describe_rest(self._left)
            self._say(f"{self._done} of {self._total} runs{known}, {rest}; last {run.place}")

    def _say(self, words: str) -> None:
        self._said = time.monotonic()
        typer.echo(f"{self._slug}: {words}", err=True)


def _write(folder: Path, outcome: Record) -> None:
    try:
        write_record(folder, outcome)
    except OSError as error:
        typer.echo(f"The record of {outcome.lab} was not kept: {error}", err=True)

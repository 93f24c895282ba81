"""`milepost check --watch`: the visible checks again on every save, by one engine that stays warm.

A save while checks run ends that run and begins the next. Inputs stay the same until the checks
pass, so that one sees what a change did. Invariant: whatever is wrong with the files is said, and
the next save is waited for; only Ctrl-C, or what no save can fix, ends it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.text import Text
from watchfiles import Change, awatch

from milepost.cli.output.console import plain, say_error
from milepost.cli.workspace.local_checks import (
    build_request,
    draw_seed,
    name_stages,
    open_engine,
    print_end,
    print_heading,
    run_checks,
)
from milepost.cli.workspace.source_files import is_of_solution
from milepost.cli.workspace.work_folder import (
    OWN_FOLDER,
    WorkFolder,
    load_package,
    open_work_folder,
)
from milepost.engine import Engine, Verdict

_STEP_MILLISECONDS = 50  # an editor that saves writes, renames and touches within a step
_MOST_NAMES = 3
_AGAIN = "The next run has the same inputs, so that you see what a change does."
_WAITING = "Watching: save a file to run again, press Ctrl-C to stop."


async def check_on_save(
    console: Console,
    work: WorkFolder,
    seed: int | None,
    only: Sequence[str] = (),
    *,
    every: bool = False,
) -> None:
    """Check now and on every save, until this is cancelled, as Ctrl-C does."""
    rounds = _Rounds(console, work.path, seed, only, every=every)
    try:
        async with open_engine() as engine, Saves(work) as saves:
            while True:
                await _run_until_saved(rounds, engine, saves)
    except asyncio.CancelledError:
        console.print("\nStopped watching.")
        raise


async def _run_until_saved(rounds: "_Rounds", engine: Engine, saves: "Saves") -> None:
    """Run once, to the end or to the next save; return at that save."""
    run = asyncio.create_task(rounds.run(engine, saves.take()))
    news = asyncio.create_task(saves.wait())
    try:
        await asyncio.wait({run, news}, return_when=asyncio.FIRST_COMPLETED)
        if run.done():
            await run  # raises what no save can fix
        await news
    finally:
        for task in (run, news):
            task.cancel()
        await asyncio.gather(run, news, return_exceptions=True)


class Saves:
    """What was saved in a work folder since somebody looked. An async context manager."""

    def __init__(self, work: WorkFolder) -> None:
        self._work = work
        self._starter = frozenset(load_package(work).starter_files(work.facts.stack))
        self._names: set[str] = set()
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen())
        await asyncio.sleep(0)  # from here on nothing is missed
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._listening is not None:
            await asyncio.gather(self._listening, return_exceptions=True)

    def take(self) -> list[str]:
        """Return the paths that changed, and forget them."""
        names = sorted(self._names)
        self._names.clear()
        self._news.clear()
        return names

    async def wait(self) -> None:
        """Return once something was saved; raises what keeps the folder from being watched."""
        news = asyncio.create_task(self._news.wait())
        listening = self._listening
        try:
            if listening is not None:
                await asyncio.wait({news, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening is not None and listening.done():
                await listening
        finally:
            news.cancel()

    async def _listen(self) -> None:
        async for changes in awatch(
            self._work.path,
            watch_filter=self._concerns,
            step=_STEP_MILLISECONDS,
            stop_event=self._stop,
            ignore_permission_denied=True,
        ):
            self._names |= {self._relative(path) for _, path in changes}
            self._news.set()

    def _concerns(self, _change: Change, path: str) -> bool:
        relative = self._relative(path)
        # Our own folder is replaced whole when the lab is renewed: its checks may be others.
        return relative == OWN_FOLDER or is_of_solution(relative, self._work, self._starter)

    def _relative(self, path: str) -> str:
        return Path(path).relative_to(self._work.path).as_posix()


class _Rounds:
    """One run after the other, and what one leaves for the next: its inputs, if it failed."""

    def __init__(
        self,
        console: Console,
        folder: Path,
        seed: int | None,
        only: Sequence[str],
        *,
        every: bool,
    ) -> None:
        self._console = console
        self._folder = folder
        self._fixed_seed = seed
        self._seed = seed if seed is not None else draw_seed()
        self._only = only
        self._every = every
        self._is_first = True

    async def run(self, engine: Engine, changed: list[str]) -> None:
        """Check the files as they are now, and say that the next save is waited for."""
        self._separate(changed)
        work = open_work_folder(self._folder)
        print_heading(self._console, work)
        try:
            request = build_request(work, self._seed, self._only)
        except typer.Exit:
            pass  # the sentence is said already
        except OSError as error:
            say_error(f"A file went away while it was read: {error}.")
        else:
            stages = name_stages(work)
            report = await run_checks(self._console, engine, request, stages=stages)
            print_end(self._console, report, work, again=_AGAIN, only=self._only, every=self._every)
            if report.verdict is Verdict.PASSED and self._fixed_seed is None:
                self._seed = draw_seed()
        self._console.print()
        self._console.print(Text(_WAITING, style="dim"))

    def _separate(self, changed: list[str]) -> None:
        if self._is_first:
            self._is_first = False
            return
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._console.clear()
        else:
            self._console.print()
        named = ", ".join(plain(name) for name in changed[:_MOST_NAMES])
        more = f" and {len(changed) - _MOST_NAMES} more" if len(changed) > _MOST_NAMES else ""
        self._console.print(
            Text(f"{datetime.now().astimezone():%H:%M:%S}  changed: {named}{more}", style="dim")
        )

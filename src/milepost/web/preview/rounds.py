"""One lab's folder while its author works on it: loaded at each save, its answers graded on demand.

What a page shows of it is decided in `views`. Invariants: one grading runs at a time, a save ends
the one that runs, and no result is of another state of the files than the one that is shown.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from watchfiles import awatch

from milepost.engine import (
    CheckFinished,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    Grader,
    GradeReport,
    GradeRequest,
    GradingFinished,
    IsolationUnavailable,
    StackUnavailable,
)
from milepost.labs import Lab, LabInvalid, list_answers, load_lab, write_checks

_STEP_MILLISECONDS = 50  # an editor that saves writes, renames and touches within a step


@dataclass
class Run:
    """The grading of one answer, as far as it has come."""

    answer: str
    stack: str
    files: Mapping[str, bytes] = field(repr=False)
    expected: int = 0  # how many checks there will be; 0 until that is known
    running: str = ""  # the name of the check that runs
    checks: list[CheckResult] = field(default_factory=list)
    report: GradeReport | None = None
    refusal: str = ""  # why it could not be graded at all

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.report is not None or bool(self.refusal)

    def note(self, event: Event) -> None:
        """Take over what an event tells."""
        match event:
            case ChecksCollected():
                self.expected = len(event.checks)
            case CheckStarted():
                self.running = event.name
            case CheckFinished():
                self.checks.append(event.result)
            case GradingFinished():
                self.report = event.report


class Rounds:
    """Loads a lab's folder, and grades what somebody looks at, until it is closed."""

    def __init__(self, folder: Path, engine: Grader, seed: int) -> None:
        self.folder = folder.resolve()
        self.seed = seed  # of every run, so that one sees what a change did
        self.lab: Lab | None = None
        self.problems: tuple[str, ...] = ()
        self.is_closed = False
        self._engine = engine
        self._runs: dict[str, Run] = {}
        self._asked: list[str] = []  # the answer that was asked for last is graded next
        self._grading: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._news = asyncio.Event()
        self._series, self._number = secrets.token_hex(4), 0
        self._load()

    @property
    def state(self) -> str:
        """Name what there is to see; it is another after each change, and in each preview."""
        return f"{self._series}-{self._number}"

    def list_answers(self) -> dict[str, tuple[str, Mapping[str, bytes]]]:
        """List what can be graded, by place, with its stack and files; nothing of a broken lab."""
        return {} if self.lab is None else list_answers(self.lab)

    def get_run(self, answer: str) -> Run:
        """Return the run of an answer on the files as they are; ask for one if there is none."""
        if answer not in self._runs:
            stack, files = self.list_answers()[answer]
            self._runs[answer] = Run(answer, stack, files)
        if not self._runs[answer].is_over and answer not in self._asked:
            self._asked.append(answer)
            self._wanted.set()
        return self._runs[answer]

    async def list_changes(self, known: str) -> AsyncIterator[str]:
        """Yield the state whenever it is another than the reader knows, until all is closed."""
        while not self.is_closed:
            news = self._news
            if self.state != known:
                known = self.state
                yield known
            else:
                await news.wait()

    def close(self) -> None:
        """Let every reader of changes go."""
        self.is_closed = True
        self._tell()

    async def keep(self) -> None:
        """Watch the folder and grade what is asked for, until this is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            await asyncio.sleep(0)  # from here on no save is missed, but one may have been before
            self._load()
            group.create_task(self._grade_asked())

    async def _watch(self) -> None:
        async for _ in awatch(self.folder, step=_STEP_MILLISECONDS, ignore_permission_denied=True):
            self._load()

    def _load(self) -> None:
        self._runs.clear()
        self._asked.clear()
        if self._grading is not None:
            self._grading.cancel()
        try:
            self.lab, self.problems = load_lab(self.folder), ()
        except LabInvalid as error:
            self.lab, self.problems = None, error.problems
        except OSError as error:
            self.lab = None
            self.problems = (f"A file went away while it was read: {error}. Save again.",)
        self._tell()

    async def _grade_asked(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._asked and self.lab is not None:
                run = self._runs[self._asked[-1]]
                self._grading = asyncio.create_task(self._grade(self.lab, run))
                try:
                    await asyncio.wait({self._grading})
                finally:
                    self._grading.cancel()
                if not self._grading.cancelled():
                    self._grading.result()  # raises what is no fault of the lab
                if run.answer in self._asked and run.is_over:
                    self._asked.remove(run.answer)

    async def _grade(self, lab: Lab, run: Run) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="milepost-preview-") as folder:
                request = GradeRequest(
                    run_id=f"preview-{lab.slug}",
                    lab=write_checks(lab, Path(folder)),
                    stack=run.stack,
                    spec=lab.grading,
                    files=run.files,
                    seed=self.seed,
                )
                async with aclosing(self._engine.grade(request)) as events:
                    async for event in events:
                        run.note(event)
                        self._tell()
        except (StackUnavailable, IsolationUnavailable) as error:
            run.refusal = str(error)
            self._tell()

    def _tell(self) -> None:
        self._number += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

"""The engine's front door: `Engine.grade` turns a request into events and a verdict.

It refuses where code cannot be isolated, and otherwise always ends with a report. What happens
in between is `run`.
"""

import compileall
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Self

from milepost.engine.backing.hosts import ComponentHosts
from milepost.engine.backing.registry import needs_isolation
from milepost.engine.errors import IsolationUnavailable, StackUnavailable
from milepost.engine.grading.check_processes import CheckProcesses
from milepost.engine.grading.run import GradingRun
from milepost.engine.grading.tally import Tally
from milepost.engine.guests.pool import GuestPool
from milepost.engine.request import GradeRequest
from milepost.engine.results import Event, GradingFinished, Verdict
from milepost.engine.sandbox import Isolation, Tier
from milepost.engine.sandbox_specs import probe_isolation
from milepost.engine.stacks import find_stacks_dir, load_stack

_KEPT = 50


class Engine:
    """Grades requests, several at once if asked to.

    Everything it starts dies with the thread that it runs in, so keep it on a thread that lasts:
    the one of the event loop. `tier` demands one way of isolating; else the best one is taken.
    With `isolation` nothing is tried first.
    """

    def __init__(
        self,
        *,
        runtime_dir: Path,
        stacks_dir: Path | None = None,
        tier: str | None = None,
        isolation: Isolation | None = None,
    ) -> None:
        self._runtime_dir = runtime_dir
        self._tier = tier
        self._isolation = isolation
        self._stacks_dir = find_stacks_dir(stacks_dir)
        self._check_processes = CheckProcesses()
        self._guests = GuestPool()
        self._components = ComponentHosts(runtime_dir)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Prepare to grade. Where isolation is missing, it is each grading that refuses.

        So a worker can start there, and tell learners why nothing is graded.
        """
        self._runtime_dir.mkdir(parents=True, exist_ok=True)
        # Each check process imports these; without bytecode that would cost it 100 ms and more.
        compileall.compile_dir(Path(__file__).parents[1], quiet=2)

    async def aclose(self) -> None:
        """End all that runs share. Runs themselves end when their events are no longer read."""
        await self._check_processes.aclose()
        await self._guests.aclose()
        await self._components.aclose()

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Grade one request; the last event is always GradingFinished.

        Raises IsolationUnavailable, and nothing else: learners' faults are outcomes, and those
        of a lab or of Milepost are verdicts.
        """
        isolation = self._require_isolation()
        _require_suitable(isolation, request)
        try:
            stack = load_stack(request.stack, self._stacks_dir).beside(request.services)
        except StackUnavailable as missing:
            yield GradingFinished(
                Tally(request, "", str(isolation), fault=str(missing)).report(0.0)
            )
            return
        run = GradingRun(
            isolation, request, stack, self._check_processes, self._guests, self._components
        )
        try:
            async with aclosing(run.events()) as events:
                async for event in events:
                    self._keep_failure(event, request, run)
                    yield event
        finally:
            await run.stop()
            self._guests.refill_soon()

    def _require_isolation(self) -> Isolation:
        if self._isolation is not None:
            return self._isolation
        status = probe_isolation(self._tier)
        if status.isolation is None:
            raise IsolationUnavailable(status.reason, status.fix)
        return status.isolation

    def _keep_failure(self, event: Event, request: GradeRequest, run: GradingRun) -> None:
        """Write down why Milepost itself failed, for the operator; only the latest are kept."""
        if not isinstance(event, GradingFinished):
            return
        if event.report.verdict is not Verdict.ENGINE_FAILED:
            return
        failures = self._runtime_dir / "failures"
        failures.mkdir(parents=True, exist_ok=True)
        name = "".join(letter for letter in request.run_id if letter.isalnum() or letter in "-_")
        (failures / f"{name[:80]}.log").write_text(run.diagnostics(), encoding="utf-8")
        for old in sorted(failures.iterdir(), key=lambda file: file.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)


def _require_suitable(isolation: Isolation, request: GradeRequest) -> None:
    """Refuse what a tier cannot do: without namespaces a run has no network of its own."""
    needs_network = needs_isolation(request.services) or bool(request.entry.service)
    if isolation.tier is Tier.RESTRICTED and needs_network:
        raise IsolationUnavailable(
            "this lab needs the isolated tier, since servers run in it, and this machine has the "
            "restricted tier only.",
            "`milepost doctor` says what is missing.",
        )

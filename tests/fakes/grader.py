"""A grader that says what a test tells it to, and can be held open between two checks.

Its twin is `milepost.engine.Engine`; `test_grader_contract.py` holds both to one contract.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

from fakes.recorded import recorded
from milepost.engine import (
    BuildFinished,
    BuildReport,
    CheckFinished,
    CheckInfo,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    GradeReport,
    GradeRequest,
    GradingFinished,
    Outcome,
    Usage,
    Verdict,
    decide_verdict,
)

_USED = Usage(wall_seconds=0.1, memory_peak_bytes=1024, processes_peak=1)


def passed(name: str = "test_two_numbers_are_added", **fields: Any) -> CheckResult:
    """Return the result of a check that passed."""
    result = CheckResult(
        name=name,
        title=name.removeprefix("test_").replace("_", " ").capitalize(),
        task="all",
        objectives=("basics.adding",),
        hidden=False,
        outcome=Outcome.PASSED,
        duration_seconds=0.01,
    )
    return replace(result, **fields)


def failed(name: str = "test_two_numbers_are_added", **fields: Any) -> CheckResult:
    """Return the result of a check that failed, with evidence."""
    facts = {
        "outcome": Outcome.FAILED,
        "message": "A sum is what both give together",
        "expected": "5",
        "got": "-1",
        "detail": "assert -1 == 5",
        "evidence": (recorded("call", at_seconds=0.001, duration_seconds=0.0005),),
    }
    return passed(name, **{**facts, **fields})


class FakeGrader:
    """Yields the events of a script: these results in this order, then their verdict.

    `requests` holds what was asked. A check named in `hold(name)` finishes only once the
    returned event is set.
    """

    def __init__(
        self,
        *results: CheckResult,
        verdict: Verdict | None = None,
        message: str = "",
        limit_hit: str | None = None,
        usage: Usage = _USED,
        fault: Exception | None = None,
        stack_version: str = "Python 3.11.7",
        build: BuildReport | None = None,
    ) -> None:
        self.requests: list[GradeRequest] = []
        self._results = results or (passed(),)
        self._verdict = verdict
        self._message = message
        self._limit_hit = limit_hit
        self._usage = usage
        self._fault = fault
        self._stack_version = stack_version
        self._build = build
        self._gates: dict[str, asyncio.Event] = {}

    def hold(self, name: str) -> asyncio.Event:
        """Hold the check with this name open until the returned event is set."""
        return self._gates.setdefault(name, asyncio.Event())

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Yield the script's events for this request."""
        self.requests.append(request)
        if self._fault is not None:
            raise self._fault
        results = [
            row
            for row in self._results
            if (request.include_hidden or not row.hidden)
            and (not request.only or row.name in request.only)
        ]
        if self._build is not None:
            yield BuildFinished(self._build)
        yield ChecksCollected(
            tuple(CheckInfo(row.name, row.title, row.task, row.hidden) for row in results)
        )
        for result in results:
            yield CheckStarted(result.name)
            if result.name in self._gates:
                await self._gates[result.name].wait()
            yield CheckFinished(result)
        yield GradingFinished(self._report(request, tuple(results)))

    def _report(self, request: GradeRequest, results: tuple[CheckResult, ...]) -> GradeReport:
        return GradeReport(
            verdict=self._verdict or decide_verdict(result.outcome for result in results),
            message=self._message,
            checks=results,
            limit_hit=self._limit_hit,
            usage=self._usage,
            isolation="isolated",
            stack_version=self._stack_version,
            engine_version="0.1.0",
            seed=request.seed,
            build=self._build,
        )


class InTurn:
    """Several graders, of which each takes one request after the other; the last takes the rest."""

    def __init__(self, *graders: FakeGrader) -> None:
        self._graders = [*graders]

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Yield the events of whose turn it is."""
        grader = self._graders.pop(0) if len(self._graders) > 1 else self._graders[0]
        async for event in grader.grade(request):
            yield event

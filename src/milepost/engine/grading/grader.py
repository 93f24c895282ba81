"""What callers need of an engine, and how a grading is awaited of which only the end counts.

Who shows a grading while it runs reads its events (`Engine.grade`).
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from milepost.engine.request import GradeRequest
from milepost.engine.results import Event, GradeReport, GradingFinished


class Grader(Protocol):
    """Turns a request into events, as `Engine` does; named so that a test can hold a check open."""

    def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Yield a grading's events; the last one carries the report."""


async def await_report(grader: Grader, request: GradeRequest) -> GradeReport:
    """Grade a request to its end and return the report."""
    async with aclosing(grader.grade(request)) as events:
        async for event in events:
            if isinstance(event, GradingFinished):
                return event.report
    raise RuntimeError("the engine ended without a report")

"""What a task is given to work with: the database, the engine and a place for unpacked labs.

The engine is named by what is asked of it, so that a test can hold a check open.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from milepost.core.database import Database
from milepost.engine import Event, GradeRequest


class Grader(Protocol):
    """Whatever turns a request into events, as `milepost.engine.Engine` does."""

    def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Yield a grading's events; the last one carries the report."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What every task handler is given."""

    database: Database
    grader: Grader
    labs_dir: Path

"""What a task is given to work with: the database, the engine and a place for unpacked labs.

The engine is a `Grader`, so that a test can hold a check open.
"""

from dataclasses import dataclass
from pathlib import Path

from milepost.core.database import Database
from milepost.engine import Grader


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What every task handler is given."""

    database: Database
    grader: Grader
    labs_dir: Path

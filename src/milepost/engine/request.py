"""What is asked of the engine: whose files, against which lab, on which stack, within which limits.

Whether files are acceptable at all (names, sizes) is decided before, by `submissions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024
# A run's seed chooses one: enough to be sure of an answer, few enough to be filled only once each.
DATA_SETS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. A run that reaches a limit is ended, and told the name of the limit."""

    wall_seconds: float = 30.0
    run_seconds: float = 10.0  # one run of the program, or one call
    memory_bytes: int = 256 * MEBIBYTE
    processes: int = 32  # threads count too
    output_bytes: int = MEBIBYTE  # of one run and one stream
    disk_bytes: int = 64 * MEBIBYTE
    files: int = 2000  # in the work folder, folders included
    open_files: int = 128
    database_bytes: int = 128 * MEBIBYTE  # what a run may add to its database
    database_connections: int = 10  # sessions at once
    database_locks: int = 5000  # held at once, table locks and advisory ones alike
    redis_bytes: int = 32 * MEBIBYTE  # what a check's Redis may hold
    redis_connections: int = 32  # of learner code at once

    def describe(self, name: str) -> str:
        """Say as one sentence that a limit was reached, naming its size."""
        return _SENTENCES[name].format(
            limits=self,
            memory=self.memory_bytes // MEBIBYTE,
            output=self.output_bytes // 1024,
            disk=self.disk_bytes // MEBIBYTE,
            database=self.database_bytes // MEBIBYTE,
            redis=self.redis_bytes // MEBIBYTE,
        )


_SENTENCES = {
    "wall_seconds": "The whole run took longer than {limits.wall_seconds:g} seconds.",
    "run_seconds": "It was still running after {limits.run_seconds:g} seconds and was stopped.",
    "memory_bytes": "It used more than {memory} MiB of memory and was stopped.",
    "processes": "It started more than {limits.processes} processes or threads and was stopped.",
    "output_bytes": "It printed more than {output} KiB and was stopped.",
    "disk_bytes": "It wrote more than {disk} MiB to files and was stopped.",
    "files": "It made more than {limits.files} files and was stopped.",
    "open_files": "It opened more than {limits.open_files} files at once.",
    "database_bytes": "It stored more than {database} MiB in the database and was stopped.",
    "database_connections": (
        "It opened more than {limits.database_connections} connections to the database at once."
    ),
    "database_locks": (
        "It held more than {limits.database_locks} locks in the database at once and was stopped."
    ),
    "redis_bytes": (
        "It made Redis, which has {redis} MiB for data, hold far more, and Redis was stopped."
    ),
    "redis_connections": (
        "It opened more than {limits.redis_connections} connections to Redis at once."
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How a lab's checks reach the learner's code on one stack."""

    program: tuple[str, ...] = ()  # for example ("python", "report.py")
    module: str | None = None  # the file whose functions `solution` calls
    service: tuple[str, ...] = ()  # starts the HTTP server that `service` speaks to


@dataclass(frozen=True, slots=True)
class Spoil:
    """One answer of learner code that is changed on its way to a check."""

    position: int  # among the answers that the check gets, from 0
    place: str  # what of it is changed, such as `exchange GET 200 body.items[].id`
    kind: str  # into what, such as `null`


@dataclass(frozen=True, slots=True)
class SpoilPlan:
    """Tries whether checks stand wrong values: for verifying a lab, never for a learner.

    A check without a spoil gets true answers, and lists what could be spoiled in them. What was
    done is the last piece of each check's evidence, of the kind SPOILED.
    """

    seed: int
    spoils: Mapping[str, Spoil] = field(default_factory=dict)  # by the name of the check


SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """One grading. The same request with the same seed gives the same inputs."""

    run_id: str
    lab: Path  # the folder with checks.py and data/
    stack: str
    entry: Entry
    files: Mapping[str, bytes]  # relative POSIX path -> content
    seed: int
    limits: Limits = field(default_factory=Limits)
    include_hidden: bool = True
    only: tuple[str, ...] = ()  # names of the checks to run; empty: all of them
    services: tuple[str, ...] = ()  # what the lab starts beside the learner's code
    spoil: SpoilPlan | None = None

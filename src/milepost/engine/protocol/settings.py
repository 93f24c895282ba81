"""What the engine tells a check process about its run, before anything else.

Nothing of the host is in it: no path, no credential, no other run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from milepost.engine.grading_spec import Entry
from milepost.engine.limits import Limits
from milepost.engine.request import SpoilPlan


@dataclass(frozen=True, slots=True)
class Importable:
    """What learner code can import beside its own files and the standard library."""

    libraries: tuple[str, ...] = ()
    names_missing: str = ""  # a pattern that finds, in an error, what could not be imported


@dataclass(frozen=True, slots=True)
class Settings:
    """One run, as its checks need to know it."""

    seed: int
    include_hidden: bool
    started_at: float  # time.monotonic() at the start of the run, which all processes share
    limits: Limits
    has_cgroup: bool  # whether the kernel keeps the account of what guests use
    entry: Entry
    harness: tuple[str, ...]
    program_environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    service_environment: Mapping[str, str]  # what a server sees beside what a program does
    importable: Importable = Importable()
    # Where a check's program starts while the check before it runs: what it loads by then.
    loads_ahead: tuple[str, ...] | None = None
    spoil: SpoilPlan | None = None
    lists_only: bool = False  # where nothing could be built, checks are listed and none is run
    only: tuple[str, ...] = ()  # names of the checks to run; empty: all of them
    first: tuple[str, ...] = ()  # names of checks that run before the others, in this order
    ends_early: bool = False  # whether the run is likely to be left at the first check that fails

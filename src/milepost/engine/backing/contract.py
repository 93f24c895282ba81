"""What a component's folder declares of itself: `COMPONENT`, in its `__init__`.

Everything that asks which components there are reads these, so nothing heavy is imported here or
there: what does the work is named as a string, and loaded by the one side that runs it.
"""

from dataclasses import dataclass
from typing import Any

from milepost.engine.limits import Limit


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of thing that labs run against, such as a database.

    Where a function or class is named, it is as "module:name".
    """

    name: str  # as `services` in lab.toml has it
    fixtures: tuple[str, ...]  # what its checks may ask for
    plugin: str  # the module of the fixtures, a pytest plugin: loaded where a lab names it
    host: str | None = None  # a `hosting.Host`; None where it lives in the check process alone
    program: str | None = None  # finds the server on this machine, or raises ProgramNotFound
    install: str | None = None  # builds that server here; True if it was not there before
    limits: tuple[Limit[Any], ...] = ()
    address: str | None = None  # the variable in which learner code finds it
    server: str | None = None  # the name of what a learner waits for while it starts
    replicas: int = 0  # how many further guests a check may ask for
    on_demand: bool = False  # its server is installed where somebody wants labs with it
    isolated_only: bool = True  # without namespaces a run has no network, so nothing to connect to

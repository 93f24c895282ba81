"""What a stack's `stack.toml` says, with what it takes over from the stack that it builds on.

Whether a stack is there is not decided here (`__init__`), nor is anything installed (`libraries`).
Invariant: a file that says what nobody reads is refused, since it would seem to have an effect.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from milepost.engine.limits import require_sound

_NAME = re.compile(r"@?[\w./-]*\w")
FOLDER = Path(__file__).parent
_FILE, _WARM_UP, _HARNESS = "stack.toml", "warm_up.py", "harness"
_TABLES = ("environment", "service_environment", "harness_environment", "selftest", "limits")
_LISTS = ("version", "commands", "harness", "preload")


@dataclass(frozen=True, slots=True)
class Libraries:
    """The pinned libraries of a stack, and where its sandboxes show them."""

    installer: str  # "uv", "npm", or "own": the stack's install.py
    needs: tuple[str, ...]  # what the lock file was made from
    lock: Path
    shown_at: str

    @property
    def names(self) -> tuple[str, ...]:
        """The libraries without their versions and extras."""
        return tuple(_NAME.match(need)[0] for need in self.needs)  # type: ignore[index]

    @property
    def version(self) -> str:
        """The version of the first library, after which the stack is named."""
        return self.needs[0].rpartition("@" if self.installer == "npm" else "=")[2]


@dataclass(frozen=True, slots=True)
class BuildStep:
    """How a submission is built before it can be run; what is built is put beside it.

    In `command`, `{out}` stands for the folder that is kept, `{program}` for what the lab starts in
    it, and `{module}` for the file whose functions are called, if there is one.
    """

    command: tuple[str, ...]
    seconds: float
    refusals: frozenset[int] = frozenset({1})  # exit codes that say: the learner's code is refused
    limits: Mapping[str, int] = field(default_factory=dict)  # what a build may use at least


@dataclass(frozen=True, slots=True)
class OnHost:
    """What a program needs that is started outside of any sandbox, by the person who wrote it."""

    link: str = ""  # a name in the code's own folder that leads to the libraries
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selftest:
    """How what lies in the folder `selftest` of a stack is started, and what it cannot show."""

    program: tuple[str, ...] = ()
    module: str | None = None
    service: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()  # contracts (`function`), or single checks (`function.test_new`)


@dataclass(frozen=True, slots=True)
class Description:
    """A stack as its author wrote it."""

    name: str
    folder: Path
    title: str
    language: str
    find: str  # see `runtimes.find_runtime`
    fix: str
    version: tuple[str, ...]  # arguments that make the runtime print its version
    commands: tuple[str, ...]
    environment: Mapping[str, str]
    service_environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    root: str = ""  # the runtime's own folder, seen from the one that its executable is in
    harness: tuple[str, ...] = ()
    harness_folder: Path | None = None  # what guests have as `/opt/harness`
    preload: tuple[str, ...] = ()
    preload_beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warm_up: str = ""
    checkpoint: str = ""
    reserves_mebibytes: int = 0
    limits: Mapping[str, float] = field(default_factory=dict)  # what a run needs at least, by name
    libraries: Libraries | None = None
    build: BuildStep | None = None
    builds_on: str | None = None
    starts_ahead: bool = False
    on_demand: bool = False  # large: it is installed where somebody asks for it
    runs_in: str = ""  # the service that runs what learners hand in, where no program is started
    on_host: OnHost = field(default_factory=OnHost)
    selftest: Selftest = field(default_factory=Selftest)


def list_names() -> list[str]:
    """List the slugs of all stacks that this version has."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{_FILE}"))


def name_stack(stack: str) -> str:
    """Return what people call a stack, or its slug if only a newer Milepost knows it."""
    description = find_description(stack)
    return stack if description is None else description.title


def find_running_service(stack: str) -> str:
    """Return the service that a stack's files are run in; empty where they are programs."""
    description = find_description(stack)
    return "" if description is None else description.runs_in


def choose_services(services: tuple[str, ...], stack: str) -> tuple[str, ...]:
    """Return those of a lab's services that it has on one stack.

    Where files are run in a database, those that only files of other stacks are run in are left
    out: a lab on two databases names both.
    """
    own = find_running_service(stack)
    others = {find_running_service(name) for name in list_names()} - {own}
    return tuple(name for name in services if not (own and name in others))


def find_least_limits(stack: str) -> Mapping[str, float]:
    """Return the limits that a stack needs at least, by name; none for an unknown one."""
    description = find_description(stack)
    return {} if description is None else description.limits


@cache
def find_description(name: str) -> Description | None:
    """Find what is written of a stack; None if there is no such stack."""
    if not name.isalnum() or not (FOLDER / name / _FILE).is_file():
        return None
    return read_description(FOLDER, name)


def read_description(folder: Path, name: str) -> Description:
    """Read a stack's folder below another. Raises TypeError for a key that there isn't."""
    said = _read(folder, name)
    said |= {key: tuple(said[key]) for key in _LISTS if key in said}
    beside = {key: tuple(names) for key, names in said.pop("preload_beside", {}).items()}
    build = said.pop("build", None)
    libraries = said.pop("libraries", None)
    if libraries is not None:
        libraries["lock"] = folder / name / libraries["lock"]
        libraries["needs"] = tuple(libraries["needs"])
    return Description(
        name=name,
        folder=folder / name,
        preload_beside=beside,
        libraries=None if libraries is None else Libraries(**libraries),
        build=None if build is None else _read_build(build),
        on_host=OnHost(**said.pop("on_host", {})),
        selftest=_read_selftest(said.pop("selftest")),
        limits=require_sound(said.pop("limits")),
        **said,
    )


def _read_build(said: dict[str, Any]) -> BuildStep:
    command, refusals = tuple(said.pop("command")), frozenset(said.pop("refusals", {1}))
    return BuildStep(command=command, refusals=refusals, **said)


def _read_selftest(said: dict[str, Any]) -> Selftest:
    said |= {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    return Selftest(**said)


def _read(folder: Path, name: str) -> dict[str, Any]:
    own = tomllib.loads((folder / name / _FILE).read_text(encoding="utf-8"))
    if (folder / name / _HARNESS).is_dir():
        own["harness_folder"] = folder / name / _HARNESS
    warm_up = folder / name / _WARM_UP
    if warm_up.is_file():
        own["warm_up"] = warm_up.read_text(encoding="utf-8")
    below = _read(FOLDER, own["builds_on"]) if "builds_on" in own else {}
    tables = {table: below.get(table, {}) | own.get(table, {}) for table in _TABLES}
    return below | own | tables

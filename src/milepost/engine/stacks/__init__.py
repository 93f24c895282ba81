"""Stacks: what runs learner code. Each is a folder beside this module.

Nothing is started here but `--version`. A stack that is missing says why and how to fix it.
"""

import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from platformdirs import user_data_path

from milepost.engine.errors import StackUnavailable
from milepost.engine.stacks.descriptions import (
    BuildStep,
    Description,
    OnHost,
    find_description,
    list_names,
)
from milepost.engine.stacks.libraries import (
    LibrariesNotInstalled,
    install_libraries,
    place_libraries,
)
from milepost.engine.stacks.readiness import find_selftest_problems
from milepost.engine.stacks.runtimes import Runtime, find_runtime
from milepost.languages import find_language

_CHECKOUT = Path(__file__).parents[4]
_VERSION_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that is installed and can run."""

    name: str
    title: str
    version: str
    runtime: Runtime
    commands: tuple[str, ...]
    harness: tuple[str, ...]
    harness_folder: Path | None
    environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    service_environment: Mapping[str, str]
    reserves_mebibytes: int = 0  # address space it sets aside without ever using it
    limits: Mapping[str, float] = field(default_factory=dict)  # what a run needs at least, by name
    library_names: tuple[str, ...] = ()
    names_missing_import: str = ""  # as the language has it
    libraries: Mapping[str, Path] | None = None  # path in the sandbox -> path on the host
    build: BuildStep | None = None  # what has to be done before submissions can be run
    preload: tuple[str, ...] = ()  # modules that are imported before any learner code
    preload_beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warm_up: str = ""  # code that the launcher then runs, to do once what each program would do
    starts_ahead: bool = False  # programs can't be forked, but started ahead to wait
    checkpoint: str = ""  # the function that a server calls once all is imported, to listen
    runs_in: str = ""  # the service that runs what learners hand in, where no program is started
    on_host: OnHost = field(default_factory=OnHost)

    def beside(self, services: Collection[str]) -> "Stack":
        """Return the stack for labs with these services: their clients are imported ahead too."""
        more = [m for name, found in self.preload_beside.items() if name in services for m in found]
        return replace(self, preload=(*self.preload, *more))


@dataclass(frozen=True, slots=True)
class StackStatus:
    """Whether a stack can run here, and if not, why and what fixes it."""

    name: str
    title: str
    version: str
    ready: bool
    reason: str
    fix: str
    libraries: tuple[str, ...] = ()  # as pinned: what learner code may import once it is ready
    on_demand: bool = False  # large: nobody misses it who has not asked for it


def find_stacks_dir(given: Path | None) -> Path:
    """Return the folder of the stacks' libraries: the given one, else in this checkout's data.

    Without a checkout it is a folder of the user's, whatever folder a command is run in.
    """
    if given is not None:
        return given.absolute()
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "data" / "stacks"
    return user_data_path("milepost") / "stacks"


def list_stacks(stacks_dir: Path | None = None) -> tuple[StackStatus, ...]:
    """Return of every stack that Milepost knows whether it is ready."""
    stacks_dir = find_stacks_dir(stacks_dir)
    return tuple(_status(name, stacks_dir) for name in list_names())


def install_stack(name: str, stacks_dir: Path | None = None) -> bool:
    """Install the libraries of a stack; False if nothing was to do. Raises StackUnavailable."""
    description = _require_known(name)
    try:
        return install_libraries(description, find_stacks_dir(stacks_dir))
    except (LibrariesNotInstalled, OSError) as error:
        raise StackUnavailable(
            name,
            f"Its libraries could not be installed. {error}",
            f"Check the network and free disk space, then: {_install_command(name)}",
        ) from error


@cache
def load_stack(name: str, stacks_dir: Path) -> Stack:
    """Find an installed stack by name, or raise StackUnavailable."""
    description = _require_known(name)
    libraries = _require_libraries(description, stacks_dir)
    placed = place_libraries(description, stacks_dir)
    runtime = find_runtime(description.find, description.root, placed)
    if runtime is None:
        raise StackUnavailable(name, "It is not installed.", description.fix)
    version = _ask_version(runtime.executable, description.version)
    if version is None:
        reason = f"{runtime.executable} does not start."
        raise StackUnavailable(name, reason, description.fix)
    return Stack(
        name=name,
        title=description.title,
        version=_name_version(description, version),
        runtime=runtime,
        commands=description.commands,
        harness=description.harness,
        harness_folder=description.harness_folder,
        environment=description.environment,
        harness_environment=description.harness_environment,
        service_environment=description.service_environment,
        reserves_mebibytes=description.reserves_mebibytes,
        library_names=description.libraries.names if description.libraries else (),
        names_missing_import=_find_pattern(description),
        libraries=libraries,
        build=description.build,
        limits=description.limits,
        preload=description.preload,
        preload_beside=description.preload_beside,
        warm_up=description.warm_up,
        starts_ahead=description.starts_ahead,
        checkpoint=description.checkpoint,
        runs_in=description.runs_in,
        on_host=description.on_host,
    )


def _find_pattern(description: Description) -> str:
    language = find_language(description.language)
    return language.names_missing_import if language is not None else ""


def _require_known(name: str) -> Description:
    description = find_description(name)
    if description is None:
        known = ", ".join(list_names())
        raise StackUnavailable(name, "Milepost does not know it.", f"It knows: {known}.")
    return description


def _require_libraries(description: Description, stacks_dir: Path) -> Mapping[str, Path] | None:
    folder = place_libraries(description, stacks_dir)
    if folder is None or description.libraries is None:
        return None
    if not folder.is_dir():
        raise StackUnavailable(
            description.name,
            "Its libraries are not installed.",
            f"Run: {_install_command(description.name)}",
        )
    return {description.libraries.shown_at: folder}


def _install_command(name: str) -> str:
    return f"milepost stacks install {name}"


def _name_version(description: Description, runtime_version: str) -> str:
    """Return "Python 3.11.7", or "FastAPI 0.165.0, Python 3.11.7"."""
    below = find_description(description.builds_on) if description.builds_on else None
    if description.libraries is None or below is None:
        return f"{description.title} {runtime_version}"
    own = f"{description.title} {description.libraries.version}"
    return f"{own}, {below.title} {runtime_version}"


def _status(name: str, stacks_dir: Path) -> StackStatus:
    description = _require_known(name)
    title = description.title
    needs = description.libraries.needs if description.libraries else ()
    known = partial(StackStatus, name, title, libraries=needs, on_demand=description.on_demand)
    try:
        stack = load_stack(name, stacks_dir)
    except StackUnavailable as missing:
        return known("", ready=False, reason=missing.reason, fix=missing.fix)
    problems = find_selftest_problems(name, stack.version, stacks_dir)
    if problems:
        reason = f"Its self-test fails here. {problems[0]}"
        fix = (
            f"`milepost doctor` says what else is missing. To test again: {_install_command(name)}"
        )
        return known("", ready=False, reason=reason, fix=fix)
    return known(stack.version, ready=True, reason="", fix="")


def _ask_version(executable: Path, arguments: tuple[str, ...]) -> str | None:
    """Return "3.11.7" or "24.1.0", whatever words stand around it."""
    try:
        answer = subprocess.run(
            [executable, *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\d+(\.\d+)+", answer.stdout)
    return number[0] if number else None

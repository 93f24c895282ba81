"""Stacks: what runs learner code. Each is described by one TOML file beside this module.

Nothing is started here but `--version`. A stack that is missing says why and how to fix it.
"""

import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

from milepost.engine.errors import StackUnavailable
from milepost.engine.stacks.descriptions import Description, find_description, list_names
from milepost.engine.stacks.libraries import (
    LibrariesNotInstalled,
    install_libraries,
    place_libraries,
)
from milepost.engine.stacks.runtimes import (
    Runtime,
    find_in_package,
    find_interpreter,
    find_postgres,
)

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
    endings: tuple[str, ...]
    environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    reserves_mebibytes: int = 0  # address space it sets aside without ever using it
    libraries: Mapping[str, Path] | None = None  # path in the sandbox -> path on the host
    preload: tuple[str, ...] = ()  # modules that are imported before any learner code
    preload_beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warm_up: str = ""  # code that the launcher then runs, to do once what each program would do
    starts_ahead: bool = False  # programs can't be forked, but started ahead to wait
    checkpoint: str = ""  # the function that a server calls once all is imported, to listen
    runs_code: bool = True  # False where a service runs what learners hand in

    def beside(self, services: Collection[str]) -> "Stack":
        """Answer the stack for labs with these services: their clients are imported ahead too."""
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


def find_stacks_dir(given: Path | None) -> Path:
    """Say where libraries of stacks are: where they are said to be, else in this checkout's data.

    Without a checkout it is a folder of the user's, whatever folder a command is run in.
    """
    if given is not None:
        return given.absolute()
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "data" / "stacks"
    return user_data_path("milepost") / "stacks"


def list_stacks(stacks_dir: Path | None = None) -> tuple[StackStatus, ...]:
    """Say of every stack that Milepost knows whether it is ready."""
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
    runtime = _find_runtime(description.find)
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
        endings=description.endings,
        environment=description.environment,
        harness_environment=description.harness_environment,
        reserves_mebibytes=description.reserves_mebibytes,
        libraries=_require_libraries(description, stacks_dir),
        preload=description.preload,
        preload_beside=description.preload_beside,
        warm_up=description.warm_up,
        starts_ahead=description.starts_ahead,
        checkpoint=description.checkpoint,
        runs_code=description.runs_code,
    )


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
    """Answer "Python 3.11.7", or "FastAPI 0.165.0, Python 3.11.7"."""
    below = find_description(description.builds_on) if description.builds_on else None
    if description.libraries is None or below is None:
        return f"{description.title} {runtime_version}"
    own = f"{description.title} {description.libraries.version}"
    return f"{own}, {below.title} {runtime_version}"


def _status(name: str, stacks_dir: Path) -> StackStatus:
    description = _require_known(name)
    title = description.title
    needs = description.libraries.needs if description.libraries else ()
    try:
        stack = load_stack(name, stacks_dir)
    except StackUnavailable as missing:
        return StackStatus(name, title, "", False, missing.reason, missing.fix, needs)
    return StackStatus(name, title, stack.version, True, "", "", needs)


def _find_runtime(where: str) -> Runtime | None:
    kind, _, location = where.partition(":")
    match kind:
        case "interpreter":
            return find_interpreter()
        case "postgres":
            return find_postgres()
        case _:
            return find_in_package(location)


def _ask_version(executable: Path, arguments: tuple[str, ...]) -> str | None:
    """Answer "3.11.7" or "24.1.0", whatever words stand around it."""
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

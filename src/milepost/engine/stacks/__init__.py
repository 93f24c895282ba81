"""Stacks: what runs learner code. Each is described by one TOML file beside this module.

Nothing is started here but `--version`. A stack that is missing says why and how to mend it.
"""

import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.engine.errors import StackUnavailable
from milepost.engine.stacks.runtimes import Runtime, find_in_package, find_interpreter

_FOLDER = Path(__file__).parent
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
    environment: dict[str, str]
    harness_environment: dict[str, str]
    reserves_mebibytes: int = 0  # address space it sets aside without ever using it


@dataclass(frozen=True, slots=True)
class StackStatus:
    """Whether a stack can run here, and if not, why and what mends it."""

    name: str
    title: str
    version: str
    ready: bool
    reason: str
    mend: str


def list_stacks() -> tuple[StackStatus, ...]:
    """Say of every stack that Milepost knows whether it is ready."""
    return tuple(_status(path.stem) for path in sorted(_FOLDER.glob("*.toml")))


@cache
def load_stack(name: str) -> Stack:
    """Find an installed stack by name, or raise StackUnavailable."""
    path = _FOLDER / f"{name}.toml"
    if not name.isalnum() or not path.is_file():
        raise StackUnavailable(name, "Milepost does not know it.", "See `milepost doctor`.")
    description = tomllib.loads(path.read_text(encoding="utf-8"))
    runtime = _find_runtime(description["find"])
    if runtime is None:
        raise StackUnavailable(name, "It is not installed.", description["mend"])
    version = _ask_version(runtime.executable, description["version"])
    if version is None:
        reason = f"{runtime.executable} does not start."
        raise StackUnavailable(name, reason, description["mend"])
    return Stack(
        name=name,
        title=description["title"],
        version=f"{description['title']} {version}",
        runtime=runtime,
        commands=tuple(description["commands"]),
        harness=tuple(description["harness"]),
        endings=tuple(description["endings"]),
        environment=description["environment"],
        harness_environment=description["harness_environment"],
        reserves_mebibytes=description.get("reserves_mebibytes", 0),
    )


def _status(name: str) -> StackStatus:
    title = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["title"]
    try:
        stack = load_stack(name)
    except StackUnavailable as missing:
        return StackStatus(name, title, "", False, missing.reason, missing.mend)
    return StackStatus(name, title, stack.version, True, "", "")


def _find_runtime(where: str) -> Runtime | None:
    kind, _, location = where.partition(":")
    return find_interpreter() if kind == "interpreter" else find_in_package(location)


def _ask_version(executable: Path, arguments: list[str]) -> str | None:
    """Answer "3.11.7" or "24.1.0", whatever word stands before it."""
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
    return answer.stdout.strip().split(" ")[-1].removeprefix("v")

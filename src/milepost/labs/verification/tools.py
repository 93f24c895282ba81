"""What grades a lab, as one digest: kept results count only while none of it has changed.

What belongs to the lab itself, or to an answer, is in `kept`. Invariant: rather too much is counted
than too little, so an upgrade costs a verification from nothing, and never leads to a wrong record.
"""

import platform
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import milepost.engine
from milepost.embedded.errors import ProgramNotFound
from milepost.engine import StackUnavailable, find_stacks_dir, load_stack
from milepost.engine.backing.programs import find_program
from milepost.engine.backing.registry import find_components
from milepost.labs.model import Lab
from milepost.labs.verification.check_digests import digest

_SOURCES = (Path(milepost.engine.__file__).parent, Path(__file__).parent)


def identify_tools(lab: Lab, stacks_dir: Path | None, isolation: str | None) -> str:
    """Return a digest of engine, verification, libraries, runtimes, servers and kernel."""
    machine = [sys.version, platform.release(), platform.machine(), isolation or ""]
    runtimes = [*_list_stacks(lab, stacks_dir), *_list_servers(lab)]
    return digest("\0".join([*machine, *_list_installed(), *runtimes, *_read_sources()]).encode())


def _list_stacks(lab: Lab, stacks_dir: Path | None) -> Iterator[str]:
    for name in lab.stacks:
        try:
            yield load_stack(name, find_stacks_dir(stacks_dir)).version
        except StackUnavailable as missing:
            yield missing.reason


def _list_servers(lab: Lab) -> Iterator[str]:
    for component in find_components(lab.grading.services):
        try:
            found = find_program(component)
        except ProgramNotFound:
            yield f"no {component.name}"
        else:
            yield f"{found.executable} {found.version}" if found is not None else component.name


@cache
def _list_installed() -> tuple[str, ...]:
    return tuple(sorted(f"{each.name} {each.version}" for each in distributions()))


@cache
def _read_sources() -> tuple[str, ...]:
    """Return names and digests of all files of the engine and of the verification."""
    found = ((folder, path) for folder in _SOURCES for path in sorted(folder.rglob("*")))
    return tuple(
        f"{path.relative_to(folder)} {digest(path.read_bytes())}"
        for folder, path in found
        if path.is_file() and "__pycache__" not in path.parts
    )

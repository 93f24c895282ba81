"""Where programs of servers may be: on the system, or in a Python package that carries them.

Which servers are looked for, their components know. Nothing is started but to ask for a version.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SYSTEM_FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
_VERSION_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """One installed server: its executable, what it is, its version, and who brought it."""

    executable: Path
    title: str
    version: str
    source: str  # "system" or "wheel"


def find_on_system(name: str) -> Iterator[Path]:
    """List where the system has a program; a virtual environment's own scripts are none."""
    found = shutil.which(name, path=":".join(_SYSTEM_FOLDERS))
    if found is not None:
        yield Path(found).resolve()


def find_in_package(package: str, pattern: str) -> Iterator[Path]:
    """List what a Python package carries, if it is installed."""
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        yield from sorted(Path(spec.origin).parent.glob(pattern))


def read_version(executable: Path, argument: str, pattern: str) -> str | None:
    """Run a program for its version; None where it does not start or names none."""
    try:
        answer = subprocess.run(
            [executable, argument],
            capture_output=True,
            text=True,
            check=False,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(pattern, answer.stdout + answer.stderr)
    return found[1] if found else None

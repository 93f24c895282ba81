"""Finds the server that the `mysql` component runs on: MariaDB, as the system has it.

No Python package carries one. MySQL's own server is set up in other ways and is not looked for.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.embedded.errors import ProgramNotFound
from milepost.embedded.programs import Program, find_on_system, read_version

OLDEST_MARIADB = (10, 6)
_NAMES = ("mariadbd", "mysqld")
_SHARES = ("share/mysql", "share/mariadb")
_FIRST_TABLES = "mysql_system_tables.sql"
_FIX = (
    "Install MariaDB's server with the system's package manager: on Debian and Ubuntu"
    " `apt install mariadb-server-core`, elsewhere the package is called `mariadb-server`. It need"
    " not run: Milepost starts its own. Labs on MariaDB wait until then, everything else works."
)


@dataclass(frozen=True, slots=True)
class MariaDb:
    """An installed server, and the folder with its messages and the SQL of its own tables."""

    program: Program
    share: Path


@cache
def find_installation() -> MariaDb:
    """Find it with all that it needs. Raises ProgramNotFound."""
    oldest = ".".join(map(str, OLDEST_MARIADB))
    for executable in (path for name in _NAMES for path in find_on_system(name)):
        version = read_version(executable, "--version", r"Ver (\d+\.\d+\.\d+)-MariaDB")
        if version is None or tuple(map(int, version.split(".")))[:2] < OLDEST_MARIADB:
            continue
        shares = (executable.parent.parent / share for share in _SHARES)
        share = next((each for each in shares if (each / _FIRST_TABLES).is_file()), None)
        if share is not None:
            return MariaDb(Program(executable, "MariaDB", version, "system"), share)
    raise ProgramNotFound(f"No MariaDB {oldest} or newer was found on this machine.", fix=_FIX)


def find_mariadb() -> Program:
    """Find the server. Raises ProgramNotFound."""
    return find_installation().program

"""What a MariaDB of labs sees and how it is set: a sandbox of its own, its data in memory.

It starts nothing. No network, no user without a password, no file of the host but its socket, its
grants and the template that it copies. Whatever learner code could turn up without end has a bound
here or in `host`, since sessions may set most variables of their own.
"""

from pathlib import Path

from milepost.engine.backing.mysql import BYTES, CONNECTIONS
from milepost.engine.backing.mysql.program import MariaDb
from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import Inhabitant, SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders

OUTSIDE = "/outside"  # inside; the folder that server and engine share
SOCKET_FILE = "mariadb.sock"
GRANTS_FILE = "grants.sql"
DATA = "/data"  # inside
OWN_CONNECTIONS = 6  # of the check, beside those that learner code may have
OWN_MEMORY_BYTES = 128 * MEBIBYTE  # what a server holds without having been asked for anything
_OWN_FILES = f"{DATA}/files"  # of sorting and temporary tables, so that one bound holds for all
_TEMPLATE = "/template"  # inside; what a check's server copies
_SERVER = "/opt/mariadbd"
_SHARE = "/opt/share"
_RESERVE_BYTES = 64 * MEBIBYTE  # beyond what a check may store: a server is ended before it is full
_OWN_TABLES = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
_TOOLS = ("/bin/sh", "/bin/cat", "/bin/cp", "/bin/mkdir")
# Its own tables are of other kinds; of learners' no table may be, since what a transaction rolls
# back must be gone.
_START = 'exec "$@" --enforce-storage-engine=InnoDB "$STARTED_WITH"'
_MAKE = (
    "ulimit -c 0; { echo 'CREATE DATABASE mysql;'; echo 'USE mysql;'; cat $OWN_TABLES; }"
    ' | "$@" --bootstrap && '
    f"{_START}"
)
_COPY = "ulimit -c 0; cp -R /template/. /data && mkdir /data/files && " + _START


def filling_sandbox(found: MariaDb, outside: Path, data: Path) -> SandboxSpec:
    """Build the sandbox of a server that makes a data folder, to be filled."""
    settings = {**_SETTINGS, "general-log": "0", "innodb-fast-shutdown": "0"}
    return SandboxSpec(
        argv=("/bin/sh", "-c", _MAKE, "mariadb", _SERVER, *_write(settings)),
        shown=_shown(found),
        kept={OUTSIDE: outside, DATA: data},
        scratch=(Scratch("/tmp", _RESERVE_BYTES),),  # noqa: S108 - the sandbox's own
        environment={
            **_ENVIRONMENT,
            "OWN_TABLES": " ".join(f"{_SHARE}/{name}" for name in _OWN_TABLES),
        },
        directory=DATA,
        inhabitant=Inhabitant.SERVER,
        memory_bytes=1024 * MEBIBYTE,
        processes=64,
    )


def mysql_sandbox(
    found: MariaDb, outside: Path, template: Path, template_bytes: int, limits: Limits
) -> SandboxSpec:
    """Build the sandbox of a check's server."""
    stored_bytes = template_bytes + BYTES.of(limits) + _RESERVE_BYTES
    connections = CONNECTIONS.of(limits) + OWN_CONNECTIONS
    settings = {**_SETTINGS, "tmpdir": _OWN_FILES, "max-connections": str(connections)}
    return SandboxSpec(
        argv=("/bin/sh", "-c", _COPY, "mariadb", _SERVER, *_write(settings)),
        shown={**_shown(found), _TEMPLATE: template},
        kept={OUTSIDE: outside},
        scratch=(Scratch(DATA, stored_bytes), Scratch("/tmp", MEBIBYTE)),  # noqa: S108
        environment=_ENVIRONMENT,
        directory=DATA,
        inhabitant=Inhabitant.SERVER,
        # Its engine looks on and is quicker: a killed server says no reason.
        memory_bytes=stored_bytes + 2 * (OWN_MEMORY_BYTES + limits.memory_bytes),
        processes=32 + 2 * connections,
    )


def _shown(found: MariaDb) -> dict[str, Path]:
    return {
        **system_folders(),
        **{tool: Path(tool).resolve() for tool in _TOOLS},
        _SERVER: found.program.executable,
        _SHARE: found.share,
    }


def _write(settings: dict[str, str]) -> tuple[str, ...]:
    return ("--no-defaults", *(f"--{name}={value}" for name, value in settings.items()))


_ENVIRONMENT = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "TZ": "UTC",
    "STARTED_WITH": f"--init-file={OUTSIDE}/{GRANTS_FILE}",
}
_SETTINGS = {
    "datadir": DATA,
    "lc-messages-dir": _SHARE,
    "character-sets-dir": f"{_SHARE}/charsets",
    "socket": f"{OUTSIDE}/{SOCKET_FILE}",
    "pid-file": f"{DATA}/server.pid",
    "skip-networking": "1",
    "skip-name-resolve": "1",
    "skip-log-bin": "1",
    "default-time-zone": "+00:00",
    # As Debian has them.
    "character-set-server": "utf8mb4",
    "collation-server": "utf8mb4_general_ci",
    # Nothing is lost when it is: no waiting for a disk, and small files, which each check copies.
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "innodb-use-native-aio": "0",
    "innodb-data-file-path": "ibdata1:3M:autoextend",
    "innodb-autoextend-increment": "1",
    "innodb-log-file-size": "4M",
    "innodb-temp-data-file-path": "ibtmp1:1M:autoextend",
    "innodb-buffer-pool-size": "32M",
    "innodb-buffer-pool-dump-at-shutdown": "0",
    "innodb-buffer-pool-load-at-startup": "0",
    "innodb-read-io-threads": "1",
    "innodb-write-io-threads": "1",
    "innodb-purge-threads": "1",
    "performance-schema": "0",
    "aria-pagecache-buffer-size": "1M",
    "key-buffer-size": "64K",
    # The same plan every time: no statistics that change behind a check's back.
    "innodb-stats-auto-recalc": "0",
    # As a table, a statement's text can't be taken for another line of the log.
    "general-log": "1",
    "log-output": "TABLE",
    "local-infile": "0",
    "secure-file-priv": "/tmp",  # noqa: S108 - nobody has the right to files; it must exist
    "innodb-lock-wait-timeout": "10",
    "symbolic-links": "0",
}

"""What the labs' PostgreSQL sees and how it is set: a sandbox of its own, its data in memory.

It starts nothing. No network, every connection gives a password, only the socket and the log are
in a folder of the host, and whatever a learner could turn up without end has a bound.
"""

from pathlib import Path

from milepost.embedded.binaries import PostgresBinaries
from milepost.embedded.settings import initdb_command
from milepost.engine.limits import MEBIBYTE
from milepost.engine.sandbox import Inhabitant, SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders
from milepost.engine.stacks.runtimes import find_interpreter

CLUSTER = "/postgres/cluster"  # inside, in memory: eight times as fast to clone as on a busy disk
OUTSIDE = "/outside"  # inside; the folder that host and server share
SOCKET_FILE = "socket/.s.PGSQL.5432"
LOG_FILE = "log/statements.json"
PASSWORD_FILE = "password"  # noqa: S105 - a name; the server's first program deletes the file
DATA_BYTES = 1024 * MEBIBYTE  # of everything that all runs and templates store together
SESSION_BYTES = 192 * MEBIBYTE  # what one session may hold in memory; abuse ends that session
_BOOT = "/opt/boot.py"
# No /tmp: an installation of Milepost may lie there, and it needs none.
_SCRATCH = (
    Scratch("/dev/shm", 64 * MEBIBYTE),  # noqa: S108 - the sandbox's own
    Scratch("/postgres", DATA_BYTES),
)
_IO_METHOD_SINCE, _CHECKSUMS_SINCE, _NOTIFY_LIMIT_SINCE = 18, 18, 17


def postgres_sandbox(binaries: PostgresBinaries, outside: Path) -> SandboxSpec:
    """Build the sandbox in which a cluster is made and served."""
    interpreter = find_interpreter()
    programs = binaries.folder.parent
    beside = programs.parent.with_name(f"{programs.parent.name}.libs")  # of a wheel
    folders = (programs, beside, Path("/usr/share/postgresql"), *interpreter.paths)
    return SandboxSpec(
        argv=(
            *(str(interpreter.executable), "-I", "-S", _BOOT, str(SESSION_BYTES)),
            *initdb_command(binaries, Path(CLUSTER), Path(OUTSIDE, PASSWORD_FILE)),
            *("--no-sync", "--wal-segsize=4", *_unchecked(binaries), "--"),
            *(str(binaries.folder / "postgres"), "-D", CLUSTER),
            *(f"--{name.replace('_', '-')}={value}" for name, value in _settings(binaries).items()),
        ),
        shown={
            **system_folders(),
            **{str(path): path for path in folders if path.exists()},
            "/bin/sh": Path("/bin/sh").resolve(),  # initdb cannot do without
            _BOOT: Path(__file__).with_name("boot.py"),
        },
        kept={OUTSIDE: outside},
        scratch=_SCRATCH,
        environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        directory="/postgres",
        inhabitant=Inhabitant.SERVER,
        memory_bytes=3 * DATA_BYTES,
        processes=160,  # a hundred sessions and the server's own
    )


def _unchecked(binaries: PostgresBinaries) -> list[str]:
    """Return what keeps a server from summing its pages: they are in memory, not on a disk."""
    return ["--no-data-checksums"] if binaries.major >= _CHECKSUMS_SINCE else []


def _settings(binaries: PostgresBinaries) -> dict[str, str]:
    settings = {**_PLACE, **_BOUNDS, **_FORGETFUL, **_REPEATABLE, **_STATEMENT_LOG}
    if binaries.major >= _IO_METHOD_SINCE:
        settings["io_method"] = "sync"  # no further processes
    if binaries.major >= _NOTIFY_LIMIT_SINCE:
        settings["max_notify_queue_pages"] = "1024"
    return settings


_PLACE = {
    "listen_addresses": "",
    "unix_socket_directories": f"{OUTSIDE}/{Path(SOCKET_FILE).parent}",
    "unix_socket_permissions": "0777",  # who reaches it still needs a password
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "huge_pages": "off",
}
_BOUNDS = {
    "max_connections": "100",
    "superuser_reserved_connections": "10",
    "shared_buffers": "64MB",
    "temp_file_limit": "64MB",  # of one session
    "max_locks_per_transaction": "256",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
    "max_worker_processes": "2",
    "max_prepared_transactions": "0",
    "max_files_per_process": "256",
    "authentication_timeout": "10s",
}
# Everything in it is made anew for every worker, so nothing is lost when it is.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "30min",
}
# The same plan and the same order of rows every time: no helpers, no statistics that change.
_REPEATABLE = {
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "autovacuum": "off",
    "synchronize_seqscans": "off",
    "random_page_cost": "1.1",
}
_STATEMENT_LOG = {
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_directory": f"{OUTSIDE}/{Path(LOG_FILE).parent}",
    "log_filename": Path(LOG_FILE).with_suffix(".log").name,  # the server turns it into .json
    "log_rotation_age": "0",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "1000",
}

"""How the private PostgreSQL is made and run: arguments of its programs, and environment.

Starts nothing. Invariant: no server made here trusts a peer or a user id: every connection gives
a password (SCRAM), and no server run here listens on the network.
"""

import os
from pathlib import Path

from milepost.embedded.binaries import PostgresBinaries

ADMIN = "milepost_admin"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}.lock"
_BUILTIN_LOCALES_SINCE = 17


def initdb_command(binaries: PostgresBinaries, cluster: Path, password_file: Path) -> list[str]:
    """Make a cluster in UTF-8 that sorts by code point, the same on every machine."""
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if binaries.major >= _BUILTIN_LOCALES_SINCE
        else ["--locale=C.UTF-8"]
    )
    return [
        str(binaries.folder / "initdb"),
        f"--pgdata={cluster}",
        f"--username={ADMIN}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        *locale,
    ]


def postgres_command(
    binaries: PostgresBinaries, cluster: Path, socket_folder: Path, *, durable: bool
) -> list[str]:
    """Serve a cluster on a unix socket, sized for a laptop that has other things to do."""
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "max_wal_size": "512MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "logging_collector": "off",
        "log_destination": "stderr",
        "cluster_name": "milepost",
        **({} if durable else _FORGETFUL),
    }
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    return [str(binaries.folder / "postgres"), "-D", str(cluster), *options]


_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def clean_environment() -> dict[str, str]:
    """Nothing of the caller's PostgreSQL settings (PGDATA, PGPORT, …) or locale gets in."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **kept}

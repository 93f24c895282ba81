"""A private PostgreSQL server under a folder of ours: made once, started, watched, stopped.

What it serves is nobody's business here: no tables, no migrations. Invariants: the server's
processes hold the folder's lock, so a free lock means that none is left; `initdb` happens aside
and is renamed into place, so a cluster is whole or absent; a server outlives neither `stop()` nor
the thread that started it.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from milepost.embedded import folder as folders
from milepost.embedded.binaries import PostgresBinaries, find_postgres_binaries
from milepost.embedded.errors import PostgresDidNotStart, PostgresVersionRefused
from milepost.embedded.identity import Identity, choose_identity
from milepost.embedded.parent_death import dying_with_parent
from milepost.embedded.settings import (
    ADMIN,
    PORT,
    SOCKET_NAME,
    clean_environment,
    initdb_command,
    postgres_command,
)

DATABASE = ROLE = "milepost"
_LOG_BYTES = 5 * 1024 * 1024
_STOP_STEPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_PID_LINE, _SOCKET_LINE, _STATUS_LINE = 0, 4, 7


class EmbeddedPostgres:
    """One PostgreSQL server in one folder; also a context manager.

    `durable=False` trades safety on power loss for speed, for tests and scratch work.
    """

    def __init__(self, folder: Path, *, durable: bool = True, ready_seconds: float = 120.0) -> None:
        self.folder = folder.absolute()
        self.cluster = self.folder / "cluster"
        self.log_file = self.folder / "server.log"
        self._durable = durable
        self._ready_seconds = ready_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._socket_folder: Path | None = None
        self._log_start = 0

    @property
    def dsn(self) -> str:
        """The address for the application's role, which owns its database and is no superuser."""
        return _address(self.folder, self._running_socket_folder(), role=ROLE, database=DATABASE)

    @property
    def admin_dsn(self) -> str:
        """The address for the superuser, for tests that make databases of their own."""
        return _address(self.folder, self._running_socket_folder(), role=ADMIN, database="postgres")

    @property
    def pid(self) -> int | None:
        """The server's process while one was started here, alive or not."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Whether the server started here is still alive; reaps it when not."""
        return self._process is not None and self._process.poll() is None

    def require_startable(self) -> PostgresBinaries:
        """Return what would serve the folder, or raise why nothing can; changes nothing."""
        binaries = self._choose_binaries()
        choose_identity(binaries.folder / "postgres", self.cluster)
        return binaries

    def start(self) -> str:
        """Start the server, making cluster, role and database where missing; returns `dsn`.

        Call it from a thread that lives as long as the server should. Raises an
        `EmbeddedServerError`, after which nothing is left running or locked.
        """
        folders.make_folder(self.folder)
        self._lock = folders.acquire_lock(self.folder / "lock")
        try:
            self._start_locked()
        except BaseException:
            self.stop()
            raise
        return self.dsn

    def stop(self) -> None:
        """Stop the server: cleanly (sessions end, data is flushed), harder if that fails."""
        if self._process is not None:
            _stop(self._process)
            self._process = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_locked(self) -> None:
        binaries = self._choose_binaries()
        identity = choose_identity(binaries.folder / "postgres", self.cluster)
        identity.give(self.folder)
        if not self.cluster.exists():
            self._make_cluster(binaries, identity)
        # The lock is ours, so no server is left: what names one (this file, and those beside the
        # socket) names a dead or a reused process, at which PostgreSQL would stop.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        owners = {os.geteuid()} | ({identity.uid} if identity.uid is not None else set())
        self._socket_folder = folders.make_socket_folder(self.folder, SOCKET_NAME, owners=owners)
        identity.give(self._socket_folder)
        self._process = self._spawn(binaries, identity, self._socket_folder)
        self._wait_until_ready(self._process)
        _make_role_and_database(
            self.admin_dsn, folders.read_or_make_secret(self.folder / "password")
        )

    def _choose_binaries(self) -> PostgresBinaries:
        available = find_postgres_binaries()
        try:
            made_by = int((self.cluster / "PG_VERSION").read_text())
        except (FileNotFoundError, NotADirectoryError):
            return available[0]
        for binaries in available:
            if binaries.major == made_by:
                return binaries
        raise PostgresVersionRefused(
            self.folder, made_by=made_by, available=sorted({each.major for each in available})
        )

    def _make_cluster(self, binaries: PostgresBinaries, identity: Identity) -> None:
        unfinished = self.folder / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        secret = self.folder / "admin-password"
        folders.read_or_make_secret(secret)
        identity.give(secret)
        command = initdb_command(binaries, unfinished, secret)
        answer = subprocess.run(
            dying_with_parent(command, on_orphaned=signal.SIGKILL, identity=identity.flags),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        if answer.returncode != 0:
            raise _did_not_start(
                f"initdb ended with {answer.returncode}", answer.stderr, self.folder
            )
        unfinished.rename(self.cluster)

    def _spawn(
        self, binaries: PostgresBinaries, identity: Identity, socket_folder: Path
    ) -> subprocess.Popen[bytes]:
        command = postgres_command(binaries, self.cluster, socket_folder, durable=self._durable)
        if self._lock is None:
            raise RuntimeError("The server is only started under its folder's lock")
        self._keep_log_small()
        with self.log_file.open("ab") as log:
            self._log_start = log.tell()
            return subprocess.Popen(
                # SIGINT is PostgreSQL's fast shutdown: clean even when we were killed.
                dying_with_parent(command, on_orphaned=signal.SIGINT, identity=identity.flags),
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self._lock,),
                # Its own session: Ctrl-C must reach us first, and the server after its clients.
                start_new_session=True,
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        give_up_at = time.monotonic() + self._ready_seconds
        while not self._says_ready(process.pid):
            code = process.poll()
            if code is not None:
                raise _did_not_start(f"it ended with {code}", self._read_log(), self.log_file)
            if time.monotonic() > give_up_at:
                why = f"it was not ready after {self._ready_seconds:g} seconds"
                raise _did_not_start(why, self._read_log(), self.log_file)
            time.sleep(0.02)

    def _says_ready(self, pid: int) -> bool:
        lines = _read_lines(self.cluster / "postmaster.pid")
        complete = len(lines) > _STATUS_LINE
        return complete and lines[_PID_LINE] == str(pid) and lines[_STATUS_LINE].strip() == "ready"

    def _running_socket_folder(self) -> Path:
        if self._socket_folder is None:
            raise RuntimeError("The server has no address before start() and after stop()")
        return self._socket_folder

    def _keep_log_small(self) -> None:
        with suppress(FileNotFoundError):
            if self.log_file.stat().st_size > _LOG_BYTES:
                self.log_file.replace(self.log_file.with_suffix(".log.1"))

    def _read_log(self) -> str:
        """What this start has logged; earlier ones have ends of their own to tell of."""
        with self.log_file.open(errors="replace") as log:
            log.seek(self._log_start)
            return log.read(64 * 1024)


def find_running_dsn(folder: Path) -> str | None:
    """The address of the server that another process runs in `folder`, or None when none runs."""
    folder = folder.absolute()
    lines = _read_lines(folder / "cluster" / "postmaster.pid")
    if len(lines) <= _STATUS_LINE or not folders.is_locked(folder / "lock"):
        return None
    return _address(folder, Path(lines[_SOCKET_LINE]), role=ROLE, database=DATABASE)


def _address(folder: Path, socket_folder: Path, *, role: str, database: str) -> str:
    secret = folder / ("admin-password" if role == ADMIN else "password")
    password = quote(secret.read_text().strip(), safe="")
    place = f"host={quote(str(socket_folder), safe='')}&port={PORT}"
    return f"postgresql://{role}:{password}@/{database}?{place}"


def _make_role_and_database(admin_dsn: str, password: str) -> None:
    """Make what is missing, so that a first start that was interrupted is simply continued."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        seen = connection.execute(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s),"
            " EXISTS (SELECT FROM pg_database WHERE datname = %s)",
            (ROLE, DATABASE),
        ).fetchone()
        has_role, has_database = seen or (False, False)
        if not has_role:
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(create.format(sql.Identifier(ROLE), sql.Literal(password)))
        if not has_database:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number, patience_seconds in _STOP_STEPS:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _did_not_start(why: str, log: str, place: Path) -> PostgresDidNotStart:
    telling = [line for line in log.splitlines() if "FATAL" in line or "error:" in line.lower()]
    last = (telling or log.splitlines() or ["it said nothing"])[-1].strip()
    return PostgresDidNotStart(
        f"PostgreSQL did not start: {why}. It said: {last}",
        fix=f"Look into {place}; free disk space and access rights are the usual causes.",
    )

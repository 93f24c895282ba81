"""The labs' own PostgreSQL server: made afresh for each worker, in a sandbox, and gone with it.

It knows nothing of labs or runs. Its superuser's password is made here, never written anywhere
that a sandbox sees once the cluster stands, and its folder is deleted with it; what a killed worker
left behind is swept away by the next.
"""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from milepost.embedded import EmbeddedServerError, PostgresBinaries, find_postgres_binaries
from milepost.embedded.settings import ADMIN
from milepost.engine.backing.folders import ServiceFolder, sweep_folders
from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.messages import Login
from milepost.engine.backing.postgres.passwords import FEWEST_ITERATIONS, hash_password
from milepost.engine.backing.postgres.sandbox import (
    LOG_FILE,
    PASSWORD_FILE,
    SOCKET_FILE,
    postgres_sandbox,
)
from milepost.engine.backing.readiness import NotReady, wait_until_ready
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot

_KIND = "postgres"
_READY_SECONDS = 120.0
_LOOK_SECONDS = 0.01


class PostgresServer:
    """One running server. Who starts one must end it with `stop`."""

    def __init__(self, folder: ServiceFolder, slot: Slot, binaries: PostgresBinaries) -> None:
        self.binaries = binaries
        self._shared = folder
        self._folder = folder.path
        self._slot = slot
        self._password = secrets.token_urlsafe(32)
        self._sandbox: Sandbox | None = None
        self._socket_folder = -1

    @classmethod
    async def start(cls, isolation: Isolation, runtime_dir: Path) -> "PostgresServer":
        """Make a cluster and start it, or raise ServiceUnavailable."""
        sweep_folders(runtime_dir, _KIND)
        try:
            binaries = find_postgres_binaries()[0]  # a few milliseconds, and known from the stacks
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        server = cls(ServiceFolder.make(runtime_dir, _KIND), claim_slot(), binaries)
        try:
            await server._start(isolation)
        except BaseException as error:
            await server.stop()
            if isinstance(error, OSError | psycopg.Error):
                raise ServiceUnavailable(f"the labs' PostgreSQL did not start: {error}") from error
            raise
        return server

    @property
    def socket(self) -> Path:
        """The socket file."""
        return self._folder / SOCKET_FILE

    @property
    def socket_folder(self) -> int:
        """The folder of the socket, opened as a place: its holder can connect."""
        return self._socket_folder

    @property
    def log_file(self) -> Path:
        """Where the server writes what ran."""
        return self._folder / LOG_FILE

    @property
    def pid(self) -> int | None:
        """The server's first process as the host sees it; None when it is gone."""
        init = self._sandbox.init_pid if self._sandbox is not None else None
        children = list_children(init) if init is not None else []
        return children[0] if children else None

    async def connect(self, database: str, login: Login | None = None) -> psycopg.AsyncConnection:
        """Connect as somebody, else as the superuser.

        As the superuser only to databases that no learner has touched yet: code that learners left
        in one would run with all rights.
        """
        return await psycopg.AsyncConnection.connect(
            # Through the folder itself: its path may be too long, and none can be swapped.
            host=f"/proc/self/fd/{self._socket_folder}",
            user=ADMIN if login is None else login.role,
            password=self._password if login is None else login.password,
            dbname=database,
            connect_timeout=10,
            options="-c log_min_duration_statement=-1" if login is None else "",
            autocommit=True,
        )

    async def hash_password_less(self, connection: psycopg.AsyncConnection) -> None:
        """Have the superuser's password hashed with fewer iterations than initdb has used."""
        hashed = hash_password(self._password, FEWEST_ITERATIONS)
        own = sql.SQL("ALTER ROLE {} PASSWORD {}")
        await connection.execute(own.format(sql.Identifier(ADMIN), sql.Literal(hashed)))

    def kill(self) -> None:
        """End the server at once, and every connection with it; `stop` must follow."""
        if self._sandbox is not None:
            self._sandbox.kill()

    async def stop(self) -> None:
        """End the server, wait until it is gone, and delete all that it kept."""
        if self._sandbox is not None:
            await self._sandbox.stop()
        if self._socket_folder >= 0:
            os.close(self._socket_folder)
        self._socket_folder = -1
        self._slot.release()
        self._shared.remove()

    async def _start(self, isolation: Isolation) -> None:
        secret = self._folder / PASSWORD_FILE
        secret.touch(mode=0o600)
        secret.write_text(self._password, encoding="ascii")
        for file in (self.socket, self.log_file):
            file.parent.mkdir(mode=0o755)
        uid = self._slot.guest_uid
        self._shared.give_to(uid)
        self._socket_folder = os.open(self.socket.parent, os.O_PATH | os.O_DIRECTORY)
        self._sandbox = Sandbox.start(
            isolation, postgres_sandbox(self.binaries, self._folder), uid=uid
        )
        try:
            await wait_until_ready(
                self._sandbox, self._serves, seconds=_READY_SECONDS, look_every=_LOOK_SECONDS
            )
        except NotReady as error:
            raise self._did_not_start(self._sandbox) from error

    async def _serves(self) -> bool:
        if not self.socket.exists():
            return False
        with suppress(psycopg.OperationalError):
            await (await self.connect("postgres")).close()
            return True
        return False

    def _did_not_start(self, sandbox: Sandbox) -> ServiceUnavailable:
        said = sandbox.diagnostics() or self._read_log_tail() or "it said nothing"
        return ServiceUnavailable(f"the labs' PostgreSQL did not start: {said}")

    def _read_log_tail(self) -> str:
        with suppress(OSError, ValueError):
            lines = self.log_file.read_text(errors="replace").splitlines()[-5:]
            return " / ".join(json.loads(line)["message"] for line in lines)
        return ""


def list_children(pid: int) -> list[int]:
    """List the processes that this one started and that still live."""
    with suppress(OSError, ValueError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in text.split()]
    return []

"""The labs' own PostgreSQL server: made afresh for each worker, in a room, and gone with it.

It knows nothing of labs or runs. Its superuser's password is made here, never written anywhere
that a room sees once the cluster stands, and its folder is deleted with it; what a killed worker
left behind is swept away by the next.
"""

import asyncio
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from milepost.embedded import EmbeddedServerError, PostgresBinaries, find_postgres_binaries
from milepost.embedded.settings import ADMIN
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot
from milepost.engine.services.contract import Login, ServiceUnavailable
from milepost.engine.services.folders import ServiceFolder, sweep_folders
from milepost.engine.services.postgres_room import (
    LOG_FILE,
    PASSWORD_FILE,
    SCRAM_ITERATIONS_SINCE,
    SOCKET_FILE,
    postgres_room,
)

_KIND = "postgres"
_READY_SECONDS = 120.0


class PostgresServer:
    """One running server. Whoever starts one must end it with `stop`."""

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
        """The folder of the socket, opened as a place; whoever has it can connect."""
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

    @property
    def can_hash_less(self) -> bool:
        """Whether passwords can be hashed with fewer iterations than by default."""
        return self.binaries.major >= SCRAM_ITERATIONS_SINCE

    async def hash_password_less(self, connection: psycopg.AsyncConnection) -> None:
        """Hash the superuser's password anew, as the server hashes all that it is given."""
        if self.can_hash_less:
            own = sql.SQL("ALTER ROLE {} PASSWORD {}")
            await connection.execute(own.format(sql.Identifier(ADMIN), sql.Literal(self._password)))

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
            isolation, postgres_room(self.binaries, self._folder), uid=uid
        )
        if await self._sandbox.find_init() is None:
            raise self._did_not_start(self._sandbox)
        await self._become_ready(self._sandbox)

    async def _become_ready(self, sandbox: Sandbox) -> None:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not self.socket.exists() or not await self._answers():
                    await self._wait_a_little(sandbox)
        except TimeoutError as error:
            raise self._did_not_start(sandbox) from error

    async def _wait_a_little(self, sandbox: Sandbox) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(sandbox.ended(), 0.01)
            raise self._did_not_start(sandbox)

    async def _answers(self) -> bool:
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

"""One Redis server in a room, from its start to its end. It belongs to one check and nobody else.

It keeps nothing and knows no lab. Invariant: whoever reaches its socket still needs a password,
and its folder goes with it.
"""

import asyncio
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

from milepost.embedded import EmbeddedServerError, find_redis
from milepost.engine.request import Limits
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot
from milepost.engine.services.contract import Login, ServiceUnavailable
from milepost.engine.services.folders import ServiceFolder
from milepost.engine.services.redis_room import SOCKET_FILE, redis_room

KIND = "redis"
_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.002
_PAGE = os.sysconf("SC_PAGE_SIZE")
_OUT_OF_MEMORY = "Out Of Memory"


class RedisServer:
    """A running server. Whoever starts one must end it with `stop`."""

    def __init__(self, folder: ServiceFolder, slot: Slot) -> None:
        self._folder = folder
        self._slot = slot
        self._sandbox: Sandbox | None = None
        self._pid = -1
        self.socket = -1  # the socket file, open as a place; whoever has it can connect

    @classmethod
    async def start(
        cls,
        isolation: Isolation,
        runtime_dir: Path,
        *,
        learner: Login,
        checker: Login,
        limits: Limits,
    ) -> "RedisServer":
        """Start an empty server with these two users, or raise ServiceUnavailable."""
        try:
            program = find_redis()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.mend}") from missing
        server = cls(ServiceFolder.make(runtime_dir, KIND), claim_slot())
        room = redis_room(program, server._folder.path, learner, checker, limits)
        try:
            server._folder.give_to(server._slot.guest_uid)
            server._sandbox = Sandbox.start(isolation, room, uid=server._slot.guest_uid)
            await server._become_ready(server._sandbox)
        except BaseException as error:
            said = server._diagnostics()
            await server.stop()
            if isinstance(error, OSError | TimeoutError):
                raise ServiceUnavailable(f"Redis did not start: {said or error!r}") from error
            raise
        return server

    def is_listening(self) -> bool:
        """Say whether it accepts connections; the kernel knows at once when it has died."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(f"/proc/self/fd/{self.socket}")
            except BlockingIOError:  # so many wait already
                return True
            except OSError:
                return False
            return True

    def ran_out_of_memory(self) -> bool:
        """Say whether it has ended because it could get no more memory."""
        return _OUT_OF_MEMORY in self._diagnostics()

    def measure_memory(self) -> int:
        """Answer the bytes that it holds in memory now."""
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{self._pid}/statm").read_text(encoding="ascii").split()
            return int(fields[1]) * _PAGE
        return 0

    def pause(self) -> None:
        """Stop it where it stands: it accepts connections, and answers nobody."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        if self._sandbox is not None:
            self._sandbox.kill()

    async def stop(self) -> None:
        """End it, wait until it is gone, and delete what was left of it."""
        if self._sandbox is not None:
            await self._sandbox.stop()
        if self.socket >= 0:
            os.close(self.socket)
        self.socket = -1
        self._slot.release()
        self._folder.remove()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)

    async def _become_ready(self, sandbox: Sandbox) -> None:
        init = await sandbox.find_init()
        path = self._folder.path / SOCKET_FILE
        async with asyncio.timeout(_READY_SECONDS):
            while not path.exists():
                if init is None or not sandbox.is_running:
                    raise ConnectionError("it ended at once")
                await asyncio.sleep(_LOOK_SECONDS)
            self.socket = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            while not self.is_listening():  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_SECONDS)
        self._pid = _first_child(init)

    def _diagnostics(self) -> str:
        return self._sandbox.diagnostics() if self._sandbox is not None else ""


def _first_child(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])

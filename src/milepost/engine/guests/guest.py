"""Starts guests: a sandbox with a launcher, the learner's files, and a watch over its use.

The control socket is handed to the check process once the files are in. A guest ends by `stop`,
by a limit, or because learner code ended it; `limit` and `reason` then say why. After a run of a
verification it can be renewed, and begun for another.
"""

import asyncio
import socket
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from milepost.engine.agent.importing import MOST_PARKED
from milepost.engine.channel import Channel
from milepost.engine.guests.submitted_imports import find_imports
from milepost.engine.guests.usage import CgroupMeter, ProcessMeter
from milepost.engine.guests.watch import INTERVAL_SECONDS, Watch
from milepost.engine.limits import Limits
from milepost.engine.protocol import guest as told
from milepost.engine.protocol.codec import Codec
from milepost.engine.protocol.frames import MalformedMessage
from milepost.engine.protocol.guest import Begin, Begun, Message, Preload, Preloaded, Put, Ready
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot
from milepost.engine.sandbox_specs import guest_rlimits, guest_sandbox
from milepost.engine.stacks import Stack

_START_SECONDS = 15.0
_RENEWAL_SECONDS = 5.0
Event = TypeVar("Event", bound=Message)
_READY, _PRELOADED, _BEGUN = Codec(Ready), Codec(Preloaded), Codec(Begun)
# What a check process had not read yet comes before it.
_UNTIL_RENEWED: Codec[Message] = Codec(told.Renewed, *get_args(told.Event))
_OWN_END = "Your code ended its own sandbox."


class GuestNotStarted(RuntimeError):
    """A guest did not come up. That is never the learner's fault: their code had not run yet."""


class GuestLost(RuntimeError):
    """A guest was killed from outside: by neither learner code nor this engine."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file that was built from a submission; its path is below the work folder."""

    path: str
    content: bytes
    is_program: bool


class Guest:
    """A live sandbox, opened ahead of time and then begun for one run with its files."""

    def __init__(self, sandbox: Sandbox, control: Channel, slot: Slot) -> None:
        self._sandbox = sandbox
        self._slot = slot
        self._limits = Limits()
        self._watching: asyncio.Task[None] | None = None
        self.control = control
        self.runs = 0  # for which it was begun
        self.watch: Watch | None = None
        self.limit: str | None = None
        self._is_told = False  # whether a check that has ended was told of `limit`
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
                spec = guest_sandbox(stack, limits, theirs.fileno())
                sandbox = Sandbox.start(isolation, spec, uid=slot.guest_uid, fds=[theirs.fileno()])
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
        self.runs += 1
        await self._do(self._put_in(stack, files))

    async def add_built(self, built: Sequence[BuiltFile]) -> None:
        """Put in what was built from the files: beside them, or in the place of the same name.

        The guest has begun, and no check has it yet. Raises GuestNotStarted.
        """
        await self._do(self._put_built(built))

    async def renew(self) -> bool:
        """Have nothing left of a run that has ended; False where that can't be, or a limit was hit.

        Nobody may send it orders any more. What returns False is still to be stopped.
        """
        if self.limit is not None or self.watch is None or self.watch.take_refusal() is not None:
            return False
        await self._stop_watching()
        try:
            async with asyncio.timeout(_RENEWAL_SECONDS):
                await self.control.send(told.Renew())
                while (event := await self.control.receive(_UNTIL_RENEWED)) is not None:
                    if isinstance(event, told.Renewed):
                        return True
        except (TimeoutError, OSError, MalformedMessage):  # an order or an event was cut in two
            return False
        return False

    @property
    def reason(self) -> str:
        """Say why the guest is gone."""
        return _OWN_END if self.limit is None else self._limits.describe(self.limit)

    def take_refusal(self) -> str | None:
        """Name the limit that was enforced in the check that ends now, by the kernel or the watch.

        What it was is over then, and does not count against the next check.
        """
        if self.limit is not None:
            told, self._is_told = self._is_told, True
            return None if told else self.limit
        return self.watch.take_refusal() if self.watch is not None else None

    def usage(self) -> dict[str, int]:
        """Return the most that the watch has seen, by the names in Usage."""
        if self.watch is None:
            return {}
        return {
            "memory_peak_bytes": self.watch.memory_bytes,
            "processes_peak": self.watch.processes,
            "disk_bytes": self.watch.disk_bytes,
        }

    async def stop(self) -> None:
        """End the guest, whatever it does, and wait until nothing of it is left."""
        try:
            await self._stop_watching()
        finally:
            await self._stop_sandbox()

    async def _stop_sandbox(self) -> None:
        if self.watch is not None and self.limit is None:
            with suppress(OSError):
                self.limit = self.watch.take_refusal()  # since the last look
        was_running = self._sandbox.is_running
        code = await self._sandbox.stop()
        # Learner code can end its sandbox, but never reach the process that stands before it.
        self.is_lost = self.is_lost or (not was_running and code < 0)
        self.control.close()
        self._slot.release()

    async def _stop_watching(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.wait([watching])  # to await it would keep our own cancellation from us
            if not watching.cancelled():
                watching.result()

    async def _do(self, preparation: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                await preparation
        except BaseException as error:
            await self.stop()
            if isinstance(error, GuestNotStarted | TimeoutError | OSError | MalformedMessage):
                said = self._sandbox.diagnostics() or repr(error)
                raise GuestNotStarted(f"the sandbox did not start: {said}") from error
            raise

    async def _wait_until_ready(self, stack: Stack) -> None:
        if await self._sandbox.find_init() is None:
            raise GuestNotStarted
        await self._expect(_READY)
        modules = [] if stack.starts_ahead else [*stack.preload]  # those are no modules of Python
        await self.control.send(Preload(modules, stack.warm_up, stack.checkpoint))
        await self._expect(_PRELOADED)

    async def _put_built(self, built: Sequence[BuiltFile]) -> None:
        for file in built:
            await self.control.send(Put(file.path, file.content, file.is_program))

    async def _put_in(self, stack: Stack, files: Mapping[str, bytes]) -> None:
        rlimits = guest_rlimits(stack, self._limits)
        rlimits["RLIMIT_NPROC"] += self._sandbox.count_others()
        group, init_pid = self._sandbox.group, self._sandbox.init_pid
        # Where nothing but a watch knows what they use, forks that wait would cost it too much.
        most_parked = MOST_PARKED if group is not None and stack.checkpoint else 0
        rlimits["RLIMIT_NPROC"] += most_parked
        await self.control.send(find_imports(files))
        await self.control.send(Begin(rlimits, may_park=most_parked > 0))
        await self._expect(_BEGUN)
        for path, content in files.items():
            await self.control.send(Put(path, content, is_program=False))
        if init_pid is None:
            raise GuestNotStarted
        meter = (
            CgroupMeter(group, self._limits, init_pid, most_parked=most_parked)
            if group
            else ProcessMeter(init_pid, is_launcher=self._sandbox.view is None)
        )
        self.watch = Watch(self._sandbox, self._limits, meter)
        self.watch.look()
        self._watching = asyncio.create_task(self._keep_watch(self.watch))

    async def _expect(self, event: Codec[Event]) -> None:
        if await self.control.receive(event) is None:
            raise GuestNotStarted

    async def _keep_watch(self, watch: Watch) -> None:
        while self.limit is None:
            await asyncio.sleep(INTERVAL_SECONDS)
            self.limit = watch.look()
        self._sandbox.kill()

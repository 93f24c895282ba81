"""The warm check processes of an engine: one for each lab that was graded lately.

Starting Python, pytest and a lab's checks takes some 300 ms, a fork of what stands then takes 2.
A host that died, or whose lab's files have changed, is replaced. Which runs there are is `run`'s
business.
"""

import asyncio
import itertools
import socket
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from milepost.engine.channel import Channel
from milepost.engine.errors import LabNotLoaded
from milepost.engine.guest.wire import MalformedFrame
from milepost.engine.rooms import check_room
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot

_READY_SECONDS = 30.0
_MOST_HOSTS = 8  # of some 35 MiB each

_Key = tuple[Path, bytes]  # a lab's folder, and what its files were


class CheckHost:
    """One lab's checks, collected, in a sandbox; gives each run a process of its own."""

    def __init__(self, sandbox: Sandbox, control: Channel, slot: Slot) -> None:
        self._sandbox = sandbox
        self._control = control
        self._slot = slot
        self._numbers = itertools.count(1)
        self.runs: set[int] = set()

    @classmethod
    async def start(cls, isolation: Isolation, lab: Path) -> "CheckHost":
        """Start a host; raises LabNotLoaded when its checks do not load in time."""
        slot = claim_slot()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                room = check_room(lab, theirs.fileno())
                sandbox = Sandbox.start(isolation, room, uid=slot.check_uid, fds=[theirs.fileno()])
        except BaseException:
            ours.close()
            slot.release()
            raise
        host = cls(sandbox, Channel(ours), slot)
        try:
            await sandbox.find_init()
            await host._wait_until_ready()
        except BaseException:
            await host.stop()
            raise
        return host

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked for runs."""
        return self._sandbox.is_running

    async def begin_run(self) -> tuple[int, Channel]:
        """Have a run forked; answer its number and the engine's end of its channel."""
        number = next(self._numbers)
        self.runs.add(number)  # before anything is waited for: an idle host may be let go
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                await self._control.send_with({"op": "run", "run": number}, [theirs.fileno()])
        except BaseException:
            self.runs.discard(number)
            ours.close()
            raise
        return number, Channel(ours)

    async def end_run(self, number: int) -> None:
        """End a run's process, if it still runs."""
        self.runs.discard(number)
        if self.is_alive:
            await self._control.send({"op": "end", "run": number})

    def diagnostics(self) -> str:
        """What the host wrote on its standard error."""
        return self._sandbox.diagnostics()

    async def stop(self) -> None:
        """End the host and all its runs."""
        await self._sandbox.stop()
        self._control.close()
        self._slot.release()

    async def _wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                frame = await self._control.receive()
        except TimeoutError as error:
            raise LabNotLoaded(f"its checks did not load in {_READY_SECONDS:g} seconds.") from error
        except MalformedFrame:
            frame = None
        if frame is None or frame.body.get("say") != "ready":
            await self._sandbox.stop()
            said = self._sandbox.diagnostics()[-2000:]
            raise LabNotLoaded(f"its checks ended the process that loads them. {said}")


class CheckHosts:
    """Keeps hosts by lab; the one that was not asked for the longest goes first."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[_Key, CheckHost] = OrderedDict()
        self._starting: dict[_Key, asyncio.Task[CheckHost]] = {}

    async def begin_run(
        self, isolation: Isolation, lab: Path, opening: Callable[[], dict[str, Any]]
    ) -> tuple[CheckHost, int, Channel]:
        """Begin a run of this lab as it is now, and tell it what `opening` answers then.

        A host may die, or be let go, between being found and being told. Nothing of the run has
        happened then, so a fresh one gets it; should that die too, OSError is raised.
        """
        host = await self._get(isolation, lab)
        try:
            return await _begin(host, opening)
        except OSError:
            await self._forget(host)
        return await _begin(await self._get(isolation, lab), opening)

    async def _get(self, isolation: Isolation, lab: Path) -> CheckHost:
        """Answer a live host. Two who ask at once get the same one."""
        key = (lab, _fingerprint(lab))
        await self._let_go()
        host = self._hosts.get(key)
        if host is None or not host.is_alive:
            host = await self._start(key, isolation)
        if key in self._hosts:
            self._hosts.move_to_end(key)
        return host

    async def _forget(self, host: CheckHost) -> None:
        for key in [key for key, known in self._hosts.items() if known is host]:
            del self._hosts[key]
        await host.stop()

    async def aclose(self) -> None:
        """End every host."""
        starting = list(self._starting.values())
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        while self._hosts:
            _, host = self._hosts.popitem()
            await host.stop()

    async def _start(self, key: _Key, isolation: Isolation) -> CheckHost:
        if key not in self._starting:
            self._starting[key] = asyncio.create_task(self._replace(key, isolation))
        # Whoever asked may be cancelled; the others who wait, and the next to come, are not.
        return await asyncio.shield(self._starting[key])

    async def _replace(self, key: _Key, isolation: Isolation) -> CheckHost:
        try:
            dead = self._hosts.pop(key, None)
            if dead is not None:
                await dead.stop()
            host = await CheckHost.start(isolation, key[0])
            self._hosts[key] = host
            return host
        finally:
            del self._starting[key]

    async def _let_go(self) -> None:
        idle = [key for key, host in self._hosts.items() if not host.runs]
        leaving = [self._hosts.pop(key) for key in idle[: max(0, len(self._hosts) - _MOST_HOSTS)]]
        for host in leaving:  # others may ask for hosts meanwhile, and find these no more
            await host.stop()


async def _begin(
    host: CheckHost, opening: Callable[[], dict[str, Any]]
) -> tuple[CheckHost, int, Channel]:
    number, channel = await host.begin_run()
    try:
        await channel.send(opening())
    except BaseException:
        channel.close()
        host.runs.discard(number)
        raise
    return host, number, channel


def _fingerprint(lab: Path) -> bytes:
    """Tell one state of a lab's files from another, by names, sizes and times."""
    digest = blake2b(digest_size=16)
    for path in sorted(lab.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            stat = path.stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.digest()

"""The warm check processes of an engine: one for each lab that was graded lately.

Starting Python, pytest and a lab's checks takes some 300 ms, a fork of what stands then takes 2.
A process that died, or whose lab's files have changed, is replaced. Which runs there are is `run`'s
business.
"""

import asyncio
import itertools
import socket
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from milepost.engine.backing.registry import find_components, list_components
from milepost.engine.channel import Channel
from milepost.engine.checks.component_fixtures import ComponentFixtures
from milepost.engine.errors import LabNotLoaded
from milepost.engine.protocol.check_process import FROM_FORKSERVER, BeginRun, EndRun
from milepost.engine.protocol.frames import MalformedMessage
from milepost.engine.protocol.settings import Settings
from milepost.engine.sandbox import Isolation, Sandbox, Slot, claim_slot
from milepost.engine.sandbox_specs import check_sandbox

_READY_SECONDS = 30.0
_MOST_PROCESSES = 8  # of some 35 MiB each

_Key = tuple[Path, bytes, tuple[str, ...]]  # a lab's folder, what its files were, components


class CheckProcess:
    """One lab's checks, collected, in a sandbox; gives each run a process of its own."""

    def __init__(self, sandbox: Sandbox, control: Channel, slot: Slot) -> None:
        self._sandbox = sandbox
        self._control = control
        self._slot = slot
        self._numbers = itertools.count(1)
        self.runs: set[int] = set()

    @classmethod
    async def start(
        cls, isolation: Isolation, lab: Path, services: tuple[str, ...]
    ) -> "CheckProcess":
        """Start a process; raises LabNotLoaded when its checks do not load in time."""
        slot = claim_slot()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                spec = check_sandbox(lab, theirs.fileno(), _choose_fixtures(services).write())
                sandbox = Sandbox.start(isolation, spec, uid=slot.check_uid, fds=[theirs.fileno()])
        except BaseException:
            ours.close()
            slot.release()
            raise
        process = cls(sandbox, Channel(ours), slot)
        try:
            await sandbox.find_init()
            await process._wait_until_ready()
        except BaseException:
            await process.stop()
            raise
        return process

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked for runs."""
        return self._sandbox.is_running

    async def begin_run(self) -> tuple[int, Channel]:
        """Have a run forked; return its number and the engine's end of its channel."""
        number = next(self._numbers)
        self.runs.add(number)  # before anything is waited for: an idle process may be let go
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                await self._control.send(BeginRun(number), [theirs.fileno()])
        except BaseException:
            self.runs.discard(number)
            ours.close()
            raise
        return number, Channel(ours)

    async def end_run(self, number: int) -> None:
        """End a run's process, if it still runs."""
        self.runs.discard(number)
        if self.is_alive:
            await self._control.send(EndRun(number))

    def diagnostics(self) -> str:
        """What the process wrote on its standard error."""
        return self._sandbox.diagnostics()

    async def stop(self) -> None:
        """End the process and all its runs."""
        await self._sandbox.stop()
        self._control.close()
        self._slot.release()

    async def _wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                ready = await self._control.receive(FROM_FORKSERVER)
        except TimeoutError as error:
            raise LabNotLoaded(f"its checks did not load in {_READY_SECONDS:g} seconds.") from error
        except MalformedMessage:
            ready = None
        if ready is None:
            await self._sandbox.stop()
            said = self._sandbox.diagnostics()[-2000:]
            raise LabNotLoaded(f"its checks ended the process that loads them. {said}")


class CheckProcesses:
    """Keeps processes by lab; the one that was not asked for the longest goes first."""

    def __init__(self) -> None:
        self._processes: OrderedDict[_Key, CheckProcess] = OrderedDict()
        self._starting: dict[_Key, asyncio.Task[CheckProcess]] = {}

    async def begin_run(
        self,
        isolation: Isolation,
        lab: Path,
        services: tuple[str, ...],
        opening: Callable[[], Settings],
    ) -> tuple[CheckProcess, int, Channel]:
        """Begin a run of this lab as it is now, and tell it what `opening` returns then.

        A process may die, or be ended as idle, between being found and being told. Nothing of the
        run has happened then, so a fresh one gets it; should that die too, OSError is raised.
        """
        process = await self._get(isolation, lab, services)
        try:
            return await _begin(process, opening)
        except OSError:
            await self._forget(process)
        return await _begin(await self._get(isolation, lab, services), opening)

    async def _get(
        self, isolation: Isolation, lab: Path, services: tuple[str, ...]
    ) -> CheckProcess:
        """Return a live process. Two callers at once get the same one."""
        key = (lab, _fingerprint(lab), services)
        await self._let_go()
        process = self._processes.get(key)
        if process is None or not process.is_alive:
            process = await self._start(key, isolation)
        if key in self._processes:
            self._processes.move_to_end(key)
        return process

    async def _forget(self, process: CheckProcess) -> None:
        for key in [key for key, known in self._processes.items() if known is process]:
            del self._processes[key]
        await process.stop()

    async def aclose(self) -> None:
        """End every process."""
        starting = list(self._starting.values())
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        while self._processes:
            _, process = self._processes.popitem()
            await process.stop()

    async def _start(self, key: _Key, isolation: Isolation) -> CheckProcess:
        if key not in self._starting:
            self._starting[key] = asyncio.create_task(self._replace(key, isolation))
        # One caller may be cancelled; the others who wait, and the next to come, are not.
        return await asyncio.shield(self._starting[key])

    async def _replace(self, key: _Key, isolation: Isolation) -> CheckProcess:
        try:
            dead = self._processes.pop(key, None)
            if dead is not None:
                await dead.stop()
            lab, _, services = key
            process = await CheckProcess.start(isolation, lab, services)
            self._processes[key] = process
            return process
        finally:
            del self._starting[key]

    async def _let_go(self) -> None:
        idle = [key for key, process in self._processes.items() if not process.runs]
        leaving = [
            self._processes.pop(key)
            for key in idle[: max(0, len(self._processes) - _MOST_PROCESSES)]
        ]
        for process in leaving:  # others may ask for processes meanwhile, and find these no more
            await process.stop()


async def _begin(
    process: CheckProcess, opening: Callable[[], Settings]
) -> tuple[CheckProcess, int, Channel]:
    number, channel = await process.begin_run()
    try:
        await channel.send(opening())
    except BaseException:
        channel.close()
        process.runs.discard(number)
        raise
    return process, number, channel


def _choose_fixtures(services: tuple[str, ...]) -> ComponentFixtures:
    """Return what a lab with these services has, and what it lacks of all that there is."""
    named = find_components(services)
    others = [each for each in list_components() if each not in named]
    return ComponentFixtures(
        plugins=tuple(component.plugin for component in named),
        lacking={fixture: each.name for each in others for fixture in each.fixtures},
    )


def _fingerprint(lab: Path) -> bytes:
    """Return a digest of the state of a lab's files, by names, sizes and times."""
    digest = blake2b(digest_size=16)
    for path in sorted(lab.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            stat = path.stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.digest()

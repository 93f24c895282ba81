"""Does the work of a verification side by side: as much at once as fits, and more while cores idle.

Many runs wait most of their time, for a slow supplier or an answer that never comes: then more of
them are begun than there are processors. Where all processors work, there are never more.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

# Runs beside each other. More than there are processors would only wait for each other.
AT_ONCE = max(2, min(8, os.cpu_count() or 2))
_LOOK_SECONDS = 1.0  # over which is looked whether cores idle: a run begins with some work
_IDLE_CORES = 0.7  # which a run that begins may need for itself, for a while

Item = TypeVar("Item")
Found = TypeVar("Found")
# Tells the ticks that all cores have idled, and how many there are in all.
ReadTicks = Callable[[], "tuple[int, int] | None"]


async def side_by_side(
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[Found]],
    idleness: "Idleness | None" = None,
) -> list[Found]:
    """Do all of it, some at once, and return what came of it in the order of the items.

    With `idleness`, up to as many again are begun while that shows that cores idle.
    """
    queue = _Queue(items, work)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(queue.go_on())
                if idleness is not None:
                    group.create_task(queue.help_out(idleness))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [queue.done[number] for number in range(len(items))]


class _Queue(Generic[Item, Found]):
    """What is still to be done, and what came of the rest."""

    def __init__(self, items: Sequence[Item], work: Callable[[Item], Awaitable[Found]]) -> None:
        self._waiting = deque(enumerate(items))
        self._work = work
        self._is_empty = asyncio.Event()
        self.done: dict[int, Found] = {}

    async def go_on(self) -> None:
        """Do one after the other until nothing waits."""
        while self._waiting:
            await self._do_next()

    async def help_out(self, cores: "Idleness") -> None:
        """Do the same, but begin only where a core idles."""
        while self._waiting:
            if cores.take():
                await self._do_next()
            else:
                await _wait_for(self._is_empty, _LOOK_SECONDS / 4)

    async def _do_next(self) -> None:
        number, item = self._waiting.popleft()
        if not self._waiting:
            self._is_empty.set()
        self.done[number] = await self._work(item)


def read_ticks() -> tuple[int, int] | None:
    """Read from proc_stat(5) for how long all cores have idled, and how long they have run in all.

    None where the kernel does not tell.
    """
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
        user, nice, system, idle, waiting, *others = map(int, first.split()[1:9])
    except (OSError, ValueError):
        return None
    return idle + waiting, user + nice + system + idle + waiting + sum(others)


class Idleness:
    """Whether the cores of this machine idle, whatever keeps them busy."""

    def __init__(
        self,
        read: ReadTicks = read_ticks,
        clock: Callable[[], float] = time.monotonic,
        cores: int = os.cpu_count() or 1,
    ) -> None:
        self._read = read
        self._clock = clock
        self._cores = cores
        self._since = clock()
        self._before = read()

    def take(self) -> bool:
        """Return whether a core was idle for a while; who is told so has taken it.

        For that while after, nobody else is told so: what then begins has to show in it first.
        """
        if self._clock() - self._since < _LOOK_SECONDS:
            return False
        before, now = self._before, self._read()
        self._since, self._before = self._clock(), now
        if before is None or now is None or now[1] <= before[1]:
            return False
        share = (now[0] - before[0]) / (now[1] - before[1])
        return share * self._cores >= _IDLE_CORES


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return

"""Guests opened ahead of time, so that a run finds one waiting.

A guest serves one run and is never reused, but for `shared` ones of a verification. There are
spares for the kinds of guest that were asked for lately: a kind is a stack, what is imported ahead,
and a size of disk, which a sandbox has from its start.
"""

import asyncio
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from typing import TypeAlias

from milepost.engine.guests.guest import Guest, GuestNotStarted
from milepost.engine.guests.shared import SharedGuests
from milepost.engine.limits import Limits
from milepost.engine.sandbox import Isolation
from milepost.engine.stacks import Stack

_SPARES = 2  # of a kind; of some 8 MiB each
_MOST_KINDS = 4
_Name: TypeAlias = tuple[str, tuple[str, ...], int]
_REFILL_AFTER_SECONDS = 0.02  # opening one keeps a core busy for that long and more


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a guest has from its start."""

    isolation: Isolation
    stack: Stack
    limits: Limits


class GuestPool:
    """Gives out guests, and opens others in their place."""

    def __init__(self) -> None:
        self._kinds: OrderedDict[_Name, _Kind] = OrderedDict()
        self._spares: defaultdict[_Name, deque[asyncio.Task[Guest]]] = defaultdict(deque)
        self._leaving: set[asyncio.Task[None]] = set()
        self._refilling: asyncio.TimerHandle | None = None
        self.shared = SharedGuests()

    async def take(self, isolation: Isolation, stack: Stack, limits: Limits) -> Guest:
        """Return an open guest: a spare, or a new one where none is left or it has died."""
        kind = (stack.name, stack.preload, limits.disk_bytes)
        self._kinds[kind] = _Kind(isolation, stack, limits)
        self._kinds.move_to_end(kind)
        while spares := self._spares[kind]:
            guest = await self._use(spares.popleft())
            if guest is not None:
                return guest
        return await Guest.open(isolation, stack, limits)

    def refill_soon(self) -> None:
        """Open guests for the next runs once this one's verdict has had time to be recorded."""
        if self._refilling is None:
            loop = asyncio.get_running_loop()
            self._refilling = loop.call_later(_REFILL_AFTER_SECONDS, self._refill)

    def _refill(self) -> None:
        self._refilling = None
        while len(self._kinds) > _MOST_KINDS:
            forgotten, _ = self._kinds.popitem(last=False)
            self._let_go(forgotten)
        for name, kind in self._kinds.items():
            while len(self._spares[name]) < _SPARES:
                opening = Guest.open(kind.isolation, kind.stack, kind.limits)
                self._spares[name].append(asyncio.create_task(opening))

    async def aclose(self) -> None:
        """End every spare."""
        if self._refilling is not None:
            self._refilling.cancel()
        for kind in list(self._spares):
            self._let_go(kind)
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await self.shared.aclose()

    async def _use(self, waiting: asyncio.Task[Guest]) -> Guest | None:
        try:
            guest = await waiting
        except GuestNotStarted:
            return None
        except asyncio.CancelledError:
            self._dismiss(waiting)
            raise
        if guest.is_alive:
            return guest
        await guest.stop()
        return None

    def _let_go(self, kind: _Name) -> None:
        for task in self._spares.pop(kind, ()):
            self._dismiss(task)

    def _dismiss(self, spare: asyncio.Task[Guest]) -> None:
        leaving = asyncio.create_task(_end(spare))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _end(spare: asyncio.Task[Guest]) -> None:
    spare.cancel()
    await asyncio.wait([spare])
    if not spare.cancelled() and spare.exception() is None:
        await spare.result().stop()

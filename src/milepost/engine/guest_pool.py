"""Guests opened ahead of time, so that a run finds one waiting.

A guest serves one run and is never reused. There are spares for the kinds of guest that were asked
for lately: a kind is a stack and a size of disk, which a room has from its start.
"""

import asyncio
from collections import OrderedDict, deque
from contextlib import suppress

from milepost.engine.errors import IsolationUnavailable
from milepost.engine.guests import Guest, GuestNotStarted
from milepost.engine.request import Limits
from milepost.engine.sandbox import Isolation
from milepost.engine.stacks import Stack

_SPARES = 2  # of a kind; of some 8 MiB each
_MOST_KINDS = 4

_Kind = tuple[str, int]


class GuestPool:
    """Gives out guests, and opens others in their place."""

    def __init__(self) -> None:
        self._spares: OrderedDict[_Kind, deque[asyncio.Task[Guest]]] = OrderedDict()
        self._leaving: set[asyncio.Task[None]] = set()

    async def take(self, isolation: Isolation, stack: Stack, limits: Limits) -> Guest:
        """Answer an open guest: a spare, or a new one where none is left or it has died."""
        kind = (stack.name, limits.disk_bytes)
        spares = self._spares.setdefault(kind, deque())
        self._spares.move_to_end(kind)
        waiting = spares.popleft() if spares else None
        try:
            guest = await self._use(waiting)
            return guest or await Guest.open(isolation, stack, limits)
        finally:
            self._refill(kind, isolation, stack, limits)

    async def aclose(self) -> None:
        """End every spare."""
        for kind in list(self._spares):
            self._let_go(kind)
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _use(self, waiting: asyncio.Task[Guest] | None) -> Guest | None:
        if waiting is None:
            return None
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

    def _refill(self, kind: _Kind, isolation: Isolation, stack: Stack, limits: Limits) -> None:
        spares = self._spares.get(kind)
        while spares is not None and len(spares) < _SPARES:
            spares.append(asyncio.create_task(Guest.open(isolation, stack, limits)))
        while len(self._spares) > _MOST_KINDS:
            self._let_go(next(iter(self._spares)))

    def _let_go(self, kind: _Kind) -> None:
        for task in self._spares.pop(kind):
            self._dismiss(task)

    def _dismiss(self, spare: asyncio.Task[Guest]) -> None:
        leaving = asyncio.create_task(_end(spare))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _end(spare: asyncio.Task[Guest]) -> None:
    spare.cancel()
    with suppress(asyncio.CancelledError, GuestNotStarted, IsolationUnavailable, OSError):
        guest = await spare
        await guest.stop()

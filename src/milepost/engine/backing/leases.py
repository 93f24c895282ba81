"""What the checks of a run have one after the other: prepared ahead of a check, ended behind it.

So no check waits for either: what the next one gets is prepared while this one runs, and what this
one had is ended while the next one goes on. What kind of thing it is, its component knows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Held = TypeVar("Held")


class Ahead(Generic[Held]):
    """Prepares one thing ahead of the check that will take it."""

    def __init__(self, prepare: Callable[[], Awaitable[Held]]) -> None:
        self._prepare = prepare
        self._next: asyncio.Future[Held] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether something is prepared, or being prepared, that nobody has taken."""
        return self._next is not None

    def begin(self) -> None:
        """Begin to prepare something, unless that has begun."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._prepare())

    async def take(self) -> Held:
        """Return what was prepared, or is prepared now; raises what that has raised."""
        begun = self._next = self._next or asyncio.ensure_future(self._prepare())
        try:
            taken = await asyncio.shield(begun)
        except asyncio.CancelledError:
            raise  # it is still there, for `take_back`
        except BaseException:
            self._next = None
            raise
        self._next = None
        return taken

    async def take_back(self) -> Held | None:
        """Return what nobody has taken, to be ended; None where nothing was begun, or it failed."""
        begun, self._next = self._next, None
        if begun is None:
            return None
        await asyncio.wait([begun])
        return None if begun.cancelled() or begun.exception() is not None else begun.result()


class Departures:
    """Ends things in the background. `wait` must follow, so that nothing outlives its run."""

    def __init__(self) -> None:
        self._ending: set[asyncio.Future[None]] = set()

    def begin(self, end: Awaitable[None]) -> None:
        """Let something end while others go on."""
        ending = asyncio.ensure_future(end)
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def wait(self) -> None:
        """Wait until all of it has ended, be it with an error."""
        while self._ending:
            await asyncio.gather(*self._ending, return_exceptions=True)
